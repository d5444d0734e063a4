-- Logins on one screen that wait for a phone which is signed in.
CREATE TABLE phone_login (
  hash       BYTEA PRIMARY KEY NOT NULL, -- SHA-256 of the secret in the picture
  attempt_id TEXT NOT NULL,             -- the login that waits
  nonce      TEXT NOT NULL,             -- what the secret is derived from
  number     BIGINT NOT NULL,           -- that the screen shows
  choices    TEXT NOT NULL,             -- JSON array: among which the phone asks for it
  address    TEXT NOT NULL,             -- of the screen
  agent      TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  opened_by  TEXT,                      -- the person whose phone read it first
  session_id TEXT,                      -- that let it in; none: refused
  decided_at BIGINT,
  used_at    BIGINT
);
CREATE INDEX phone_login_attempt ON phone_login (attempt_id, created_at);

-- The longest pause of a session that has one of its own, in microseconds: on a screen that many use.
ALTER TABLE session ADD COLUMN idle BIGINT NOT NULL DEFAULT 0;

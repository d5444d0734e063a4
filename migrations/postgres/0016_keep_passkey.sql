-- Passkeys (WebAuthn): keys of a person's devices that open the account.
CREATE TABLE passkey (
  id            TEXT PRIMARY KEY NOT NULL,
  person_id     TEXT NOT NULL REFERENCES person (id),
  credential_id BYTEA NOT NULL UNIQUE,    -- the authenticator's name for it
  name          TEXT NOT NULL,           -- the person's
  data          TEXT NOT NULL,           -- JSON: public key and signature counter
  level         BIGINT NOT NULL,         -- of the login that added it: it proves no more
  added_by      TEXT NOT NULL,           -- the credential of that login
  created_at    BIGINT NOT NULL,
  used_at       BIGINT,
  blocked_at    BIGINT                   -- its counter went back: there may be a copy
);
CREATE INDEX passkey_person ON passkey (person_id);

CREATE TABLE passkey_challenge (         -- one for a login attempt, one for a session that adds a passkey; each good once
  subject   TEXT PRIMARY KEY NOT NULL,   -- login:<attempt> | add:<session>
  options   TEXT NOT NULL,               -- JSON: what the browser is asked
  state     TEXT NOT NULL,               -- JSON: what the answer is held to
  issued_at BIGINT NOT NULL,
  used_at   BIGINT
);

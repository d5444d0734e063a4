-- Ten codes that each stand in for the authenticator once, kept as keyed digests.
CREATE TABLE recovery_code (
  person_id  TEXT NOT NULL REFERENCES person (id),
  hash       BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  used_at    BIGINT,
  PRIMARY KEY (person_id, hash)
);

-- The secret of another authenticator, until its first code is right.
CREATE TABLE totp_change (
  session_id TEXT PRIMARY KEY NOT NULL,
  sealed     BLOB NOT NULL,
  begun_at   BIGINT NOT NULL
);

-- The `jti` of clients' assertions and proofs: each counts once, and is remembered as long as what it names would count.
CREATE TABLE used_identifier (
  hash       BLOB PRIMARY KEY NOT NULL, -- SHA-256 of what it names, whose it is, and the identifier
  expires_at BIGINT NOT NULL
);
CREATE INDEX used_identifier_expiry ON used_identifier (expires_at);

-- Clients that register themselves (RFC 7591, 7592), what lets them, and whose word is believed of them.
ALTER TABLE client ADD COLUMN stage TEXT NOT NULL DEFAULT 'production'; -- production | sandbox | pending | deleted

CREATE TABLE initial_access_token (
  id         TEXT PRIMARY KEY NOT NULL,
  hash       BLOB NOT NULL UNIQUE, -- SHA-256
  maker      TEXT NOT NULL,        -- who made it: approves nothing that comes by it
  stage      TEXT NOT NULL,        -- sandbox | pending: what its clients are at first
  scopes     TEXT NOT NULL,        -- what they may ask for
  sector     TEXT,                 -- theirs, whatever their addresses
  uses_left  BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE client_registration (
  client_id  TEXT PRIMARY KEY NOT NULL REFERENCES client (id),
  hash       BLOB NOT NULL,        -- SHA-256 of the registration access token
  token_id   TEXT NOT NULL REFERENCES initial_access_token (id),
  about      TEXT NOT NULL,        -- JSON: what the client said of itself that nothing depends on
  revision   BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE software_issuer (
  issuer     TEXT PRIMARY KEY NOT NULL,
  jwks       TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

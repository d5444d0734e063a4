-- Authorization requests that wait for their browser (RFC 9126); each leads to one code.
CREATE TABLE pushed_request (
  hash       BLOB PRIMARY KEY NOT NULL, -- SHA-256 of the secret in request_uri
  client_id  TEXT NOT NULL REFERENCES client (id),
  request    TEXT NOT NULL,             -- JSON: as it was checked
  expires_at BIGINT NOT NULL,           -- no login begins with it after this
  used_at    BIGINT
);
CREATE INDEX pushed_request_expiry ON pushed_request (expires_at);

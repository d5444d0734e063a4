-- Devices that wait for a person elsewhere to let them in (RFC 8628).
CREATE TABLE device_request (
  hash       BYTEA PRIMARY KEY NOT NULL, -- SHA-256 of device_code
  code_hash  BYTEA NOT NULL UNIQUE,      -- keyed hash of user_code
  client_id  TEXT NOT NULL REFERENCES client (id),
  scope      TEXT NOT NULL,
  level      BIGINT NOT NULL,           -- the least of the login
  pause      BIGINT NOT NULL,           -- between two questions of the device
  next_at    BIGINT NOT NULL,           -- the next question may come
  expires_at BIGINT NOT NULL,
  grant_id   TEXT REFERENCES grant_record (id),
  decided_at BIGINT,                    -- without a grant: refused
  used_at    BIGINT
);
CREATE INDEX device_request_expiry ON device_request (expires_at);

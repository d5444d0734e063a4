-- Access tokens of clients that act for themselves: no person and no session stands behind them.
CREATE TABLE client_token (
  hash       BYTEA PRIMARY KEY NOT NULL, -- SHA-256
  client_id  TEXT NOT NULL REFERENCES client (id),
  scope      TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX client_token_expiry ON client_token (expires_at);

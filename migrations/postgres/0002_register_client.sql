-- What a client is held to, beyond its addresses and scopes.
ALTER TABLE client ADD COLUMN auth_method TEXT NOT NULL DEFAULT 'client_secret'; -- client_secret: basic or post | client_secret_basic | client_secret_post | none
ALTER TABLE client ADD COLUMN level BIGINT NOT NULL DEFAULT 2;                   -- the least that a login there has
ALTER TABLE client ADD COLUMN claims TEXT;                                      -- JSON array; NULL: all that its scopes hold
ALTER TABLE client ADD COLUMN disabled_at BIGINT;

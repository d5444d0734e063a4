-- What a client is held to, and may do, beyond its addresses and scopes: JSON by the names of RFC 7591.
ALTER TABLE client ADD COLUMN security TEXT NOT NULL DEFAULT '{}';

-- Access tokens that resource servers got in exchange for one that was shown to them (RFC 8693): who acts, the latest first
-- (client ids, space separated; '' for nobody), and from which token, which takes them with it.
ALTER TABLE access_token ADD COLUMN actors TEXT NOT NULL DEFAULT '';
ALTER TABLE access_token ADD COLUMN source BYTEA REFERENCES access_token (hash) ON DELETE CASCADE;
CREATE INDEX access_token_source ON access_token (source) WHERE source IS NOT NULL;

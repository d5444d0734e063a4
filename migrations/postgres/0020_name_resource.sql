-- Resource servers by the identifiers that clients name (RFC 8707), and for which of them a token is meant: space separated,
-- '' for any that has one of its scopes.
ALTER TABLE client ADD COLUMN resource TEXT;
CREATE UNIQUE INDEX client_resource ON client (resource);
ALTER TABLE grant_record ADD COLUMN resources TEXT NOT NULL DEFAULT '';
ALTER TABLE access_token ADD COLUMN resources TEXT NOT NULL DEFAULT '';
ALTER TABLE client_token ADD COLUMN resources TEXT NOT NULL DEFAULT '';
ALTER TABLE device_request ADD COLUMN resources TEXT NOT NULL DEFAULT '';

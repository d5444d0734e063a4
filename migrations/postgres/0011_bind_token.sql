-- To which key a code or token is bound: the thumbprint of its JWK (RFC 7638, RFC 9449 §6). NULL: to none.
ALTER TABLE authorization_code ADD COLUMN jkt TEXT;
ALTER TABLE access_token ADD COLUMN jkt TEXT;
ALTER TABLE refresh_token ADD COLUMN jkt TEXT;
ALTER TABLE client_token ADD COLUMN jkt TEXT;

-- To which client certificate a token is bound: SHA-256 of its DER, base64url (RFC 8705 §3.1). NULL: to none.
ALTER TABLE access_token ADD COLUMN x5t TEXT;
ALTER TABLE refresh_token ADD COLUMN x5t TEXT;
ALTER TABLE client_token ADD COLUMN x5t TEXT;

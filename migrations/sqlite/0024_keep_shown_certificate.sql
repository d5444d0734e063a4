-- Each certificate that opened an account, whatever its credential was seen with since: what rests on it ends with it.
CREATE TABLE shown_certificate (
  fingerprint TEXT PRIMARY KEY NOT NULL,
  ca          TEXT NOT NULL,             -- trust list record, or own authority
  serial      TEXT NOT NULL
);
INSERT INTO shown_certificate (fingerprint, ca, serial)
  SELECT fingerprint, MIN(ca), MIN(serial) FROM certificate_credential GROUP BY fingerprint;

-- The certificate that a passkey or a mandate rests on; none where its login showed none.
ALTER TABLE passkey ADD COLUMN fingerprint TEXT;
UPDATE passkey SET fingerprint =
  (SELECT c.fingerprint FROM certificate_credential c WHERE c.id = passkey.added_by);
UPDATE session SET fingerprint = (SELECT p.fingerprint FROM passkey p WHERE p.id = session.credential)
  WHERE method = 'passkey' AND ended_at IS NULL;

ALTER TABLE mandate ADD COLUMN fingerprint TEXT;
UPDATE mandate SET fingerprint = COALESCE(
  (SELECT c.fingerprint FROM certificate_credential c WHERE c.id = mandate.proof),
  (SELECT p.fingerprint FROM passkey p WHERE p.id = mandate.proof));
CREATE INDEX mandate_fingerprint ON mandate (fingerprint) WHERE withdrawn_at IS NULL;

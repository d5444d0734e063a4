-- What counts as evidence that a record's certificates are not revoked, as JSON: max_age, grace (seconds),
-- may_be_unknown. A record that says nothing is held to the standard.
ALTER TABLE trust_record ADD COLUMN revocation TEXT NOT NULL DEFAULT '{}';

CREATE TABLE ocsp_answer (                -- what responders said of certificates, vouched for as lists are
  issuer      TEXT NOT NULL,             -- whose certificate
  serial      TEXT NOT NULL,
  uri         TEXT NOT NULL,
  der         BYTEA NOT NULL,
  fetched_at  BIGINT NOT NULL,
  this_update BIGINT NOT NULL,
  next_update BIGINT,
  PRIMARY KEY (issuer, serial)
);

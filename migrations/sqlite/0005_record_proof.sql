-- What proved a level of a person, so that it goes when that is taken away.
CREATE TABLE person_proof (
  person_id TEXT NOT NULL REFERENCES person (id),
  source    TEXT NOT NULL,               -- the certificate credential's id | registration
  level     BIGINT NOT NULL,
  how       TEXT NOT NULL,               -- as person.verified_how
  proved_at BIGINT NOT NULL,
  PRIMARY KEY (person_id, source)
);

-- Which certificates showed a document.
CREATE TABLE document_proof (
  document_id   TEXT NOT NULL REFERENCES document (id) ON DELETE CASCADE,
  credential_id TEXT NOT NULL,
  PRIMARY KEY (document_id, credential_id)
);

-- As far as it can be known of what there is; in doubt, less was proved.
INSERT INTO person_proof (person_id, source, level, how, proved_at)
  SELECT id, 'registration', level, verified_how, verified_at FROM person WHERE verified_how NOT LIKE 'certificate:%';
INSERT INTO person_proof (person_id, source, level, how, proved_at)
  SELECT DISTINCT p.id, 'registration', CAST(2 AS BIGINT), 'counter', p.created_at
  FROM person p JOIN certificate_credential c ON c.person_id = p.id
  WHERE c.linked_how = 'counter' AND p.verified_how LIKE 'certificate:%';
INSERT INTO person_proof (person_id, source, level, how, proved_at)
  SELECT person_id, id, level, 'certificate:' || ca, linked_at FROM certificate_credential
  WHERE linked_how IN ('new', 'counter');
INSERT INTO person_proof (person_id, source, level, how, proved_at)
  SELECT p.id, c.id, p.level, p.verified_how, p.verified_at
  FROM person p JOIN certificate_credential c ON c.person_id = p.id
  WHERE c.linked_how IN ('password', 'session') AND p.verified_how = 'certificate:' || c.ca
    AND ABS(p.verified_at - c.linked_at) < 1000000;
-- A document is written at the time of the link that showed it.
INSERT INTO document_proof (document_id, credential_id)
  SELECT d.id, c.id FROM document d JOIN certificate_credential c ON c.person_id = d.person_id AND c.linked_at = d.created_at;

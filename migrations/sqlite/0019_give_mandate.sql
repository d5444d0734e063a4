-- Who acts for a company: given by the company, taken up by a person, until a day or until either withdraws it.
CREATE TABLE mandate (
  id            TEXT PRIMARY KEY NOT NULL,
  company_id    TEXT NOT NULL REFERENCES person (id),
  offer_hash    BLOB NOT NULL UNIQUE,   -- SHA-256 of the secret in the link that the company hands over
  offer_until   BIGINT NOT NULL,
  items         TEXT NOT NULL,          -- JSON array of codes; none: all
  until         BIGINT NOT NULL,
  level         BIGINT NOT NULL,        -- of the company's login that gave it
  proof         TEXT NOT NULL,          -- the credential of that login
  given_at      BIGINT NOT NULL,
  holder_id     TEXT REFERENCES person (id),
  holder_level  BIGINT,                 -- of the login that took it up
  accepted_at   BIGINT,
  withdrawn_at  BIGINT,
  withdrawn_by  TEXT                    -- company | holder
);
CREATE INDEX mandate_company ON mandate (company_id);
CREATE INDEX mandate_holder ON mandate (holder_id);

-- For whom a session acts at a client; without a mandate: for themselves.
CREATE TABLE acting (
  session_id TEXT NOT NULL,
  client_id  TEXT NOT NULL,
  mandate_id TEXT REFERENCES mandate (id),
  chosen_at  BIGINT NOT NULL,
  PRIMARY KEY (session_id, client_id)
);

ALTER TABLE grant_record ADD COLUMN mandate_id TEXT;
CREATE INDEX grant_mandate ON grant_record (mandate_id);

-- Times are microseconds since 1970-01-01T00:00:00Z; bearer secrets are kept as SHA-256 only.

-- People -------------------------------------------------------------------------------------------------------------

CREATE TABLE person (
  id          TEXT PRIMARY KEY NOT NULL,
  kind        TEXT NOT NULL,             -- person | company
  region      TEXT NOT NULL,             -- GD | HK | MO | …
  names       TEXT NOT NULL,             -- JSON {"zh":"…","en":"…"}: the name in each script
  level       BIGINT NOT NULL,           -- what was proved of the person: 2..5
  verified_at BIGINT NOT NULL,
  verified_how TEXT NOT NULL,            -- certificate:<record> | counter | self
  created_at  BIGINT NOT NULL
);

CREATE TABLE document (
  id            TEXT PRIMARY KEY NOT NULL,
  person_id     TEXT NOT NULL REFERENCES person (id),
  kind          TEXT NOT NULL,           -- resident_id | hkid | mo_bir | …
  number_hash   BYTEA NOT NULL,           -- keyed hash: to find, never to read
  number_sealed BYTEA NOT NULL,           -- AEAD under the master key
  number_masked TEXT NOT NULL,
  created_at    BIGINT NOT NULL,
  UNIQUE (person_id, kind, number_hash)
);
CREATE INDEX document_number ON document (number_hash);

CREATE TABLE password (
  username    TEXT PRIMARY KEY NOT NULL,
  person_id   TEXT NOT NULL REFERENCES person (id),
  phc         TEXT NOT NULL,             -- argon2id
  totp_sealed BYTEA NOT NULL,
  totp_step   BIGINT NOT NULL,           -- last step used: a code counts once
  created_at  BIGINT NOT NULL
);
CREATE INDEX password_person ON password (person_id);

CREATE TABLE certificate_credential (
  id           TEXT PRIMARY KEY NOT NULL,
  person_id    TEXT NOT NULL REFERENCES person (id),
  scheme       TEXT NOT NULL,
  ca           TEXT NOT NULL,
  subject_key  TEXT NOT NULL,            -- keyed hash: it may be an identity number
  holder       TEXT NOT NULL,            -- common name
  level        BIGINT NOT NULL,
  fingerprint  TEXT NOT NULL,
  serial       TEXT NOT NULL,
  not_before   BIGINT NOT NULL,
  not_after    BIGINT NOT NULL,
  linked_at    BIGINT NOT NULL,
  linked_how   TEXT NOT NULL,            -- new | password | session
  UNIQUE (scheme, ca, subject_key)
);
CREATE INDEX certificate_credential_person ON certificate_credential (person_id);

-- Sessions and login attempts ----------------------------------------------------------------------------------------

CREATE TABLE session (
  id          TEXT PRIMARY KEY NOT NULL, -- public: the `sid` of logout tokens
  secret_hash BYTEA NOT NULL UNIQUE,
  person_id   TEXT NOT NULL REFERENCES person (id),
  method      TEXT NOT NULL,             -- mtls | challenge | password
  level       BIGINT NOT NULL,
  credential  TEXT NOT NULL,             -- the certificate credential's id, or the user name
  fingerprint TEXT,                      -- of the certificate that was shown
  auth_time   BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  used_at     BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,
  ended_at    BIGINT,
  ended_why   TEXT,
  address     TEXT NOT NULL,
  agent       TEXT NOT NULL
);
CREATE INDEX session_person ON session (person_id, ended_at);
CREATE INDEX session_live ON session (expires_at) WHERE ended_at IS NULL;

CREATE TABLE login_attempt (
  id            TEXT PRIMARY KEY NOT NULL,
  browser_hash  BYTEA NOT NULL,
  request       TEXT NOT NULL,           -- JSON: where the person was going
  state         TEXT NOT NULL,           -- JSON: what is proved so far
  created_at    BIGINT NOT NULL,
  expires_at    BIGINT NOT NULL,
  finished_at   BIGINT,
  session_id    TEXT                     -- that it ended in
);
CREATE INDEX login_attempt_expiry ON login_attempt (expires_at);

CREATE TABLE challenge (
  attempt_id TEXT PRIMARY KEY NOT NULL,
  nonce      BYTEA NOT NULL,
  issued_at  BIGINT NOT NULL,
  used_at    BIGINT
);

CREATE TABLE handoff (                   -- carries a proof from the mutual-TLS listener to the pages, once
  secret_hash BYTEA PRIMARY KEY NOT NULL,
  attempt_id  TEXT NOT NULL,
  proof       TEXT NOT NULL,
  expires_at  BIGINT NOT NULL,
  used_at     BIGINT
);

CREATE TABLE throttle (
  subject      TEXT NOT NULL,
  window_start BIGINT NOT NULL,
  failures     BIGINT NOT NULL,
  PRIMARY KEY (subject)
);

-- OpenID Provider ----------------------------------------------------------------------------------------------------

CREATE TABLE client (
  id            TEXT PRIMARY KEY NOT NULL,
  secret_hash   BYTEA NOT NULL,
  names         TEXT NOT NULL,           -- JSON by language
  sector        TEXT NOT NULL,           -- pairwise subjects are per sector
  redirect_uris TEXT NOT NULL,           -- JSON array
  post_logout_redirect_uris TEXT NOT NULL,
  backchannel_logout_uri TEXT,
  scopes        TEXT NOT NULL,           -- what it is approved to read, space separated
  id_token_alg  TEXT NOT NULL,
  created_at    BIGINT NOT NULL
);

CREATE TABLE grant_record (
  id          TEXT PRIMARY KEY NOT NULL,
  client_id   TEXT NOT NULL REFERENCES client (id),
  person_id   TEXT NOT NULL REFERENCES person (id),
  session_id  TEXT NOT NULL REFERENCES session (id),
  scope       TEXT NOT NULL,
  nonce       TEXT,
  level       BIGINT NOT NULL,
  auth_time   BIGINT NOT NULL,
  method      TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  revoked_at  BIGINT,
  revoked_why TEXT
);
CREATE INDEX grant_session ON grant_record (session_id);

CREATE TABLE authorization_code (
  hash           BYTEA PRIMARY KEY NOT NULL,
  grant_id       TEXT NOT NULL REFERENCES grant_record (id),
  redirect_uri   TEXT NOT NULL,
  code_challenge TEXT NOT NULL,
  expires_at     BIGINT NOT NULL,
  used_at        BIGINT
);

CREATE TABLE access_token (
  hash       BYTEA PRIMARY KEY NOT NULL,
  grant_id   TEXT NOT NULL REFERENCES grant_record (id),
  scope      TEXT NOT NULL,             -- the grant's, or less
  expires_at BIGINT NOT NULL
);
CREATE INDEX access_token_expiry ON access_token (expires_at);

CREATE TABLE refresh_token (
  hash       BYTEA PRIMARY KEY NOT NULL,
  grant_id   TEXT NOT NULL REFERENCES grant_record (id),
  expires_at BIGINT NOT NULL,
  used_at    BIGINT
);
CREATE INDEX refresh_token_expiry ON refresh_token (expires_at);

CREATE TABLE sealed_key (
  id         TEXT PRIMARY KEY NOT NULL,
  purpose    TEXT NOT NULL,
  algorithm  TEXT NOT NULL,
  sealed     BYTEA NOT NULL,              -- PKCS#8, AEAD under the master key
  created_at BIGINT NOT NULL
);

CREATE TABLE signing_key (
  kid          TEXT PRIMARY KEY NOT NULL,
  alg          TEXT NOT NULL,            -- ES256 | RS256
  key_id       TEXT NOT NULL REFERENCES sealed_key (id),
  jwk          TEXT NOT NULL,
  published_at BIGINT NOT NULL,
  active_from  BIGINT NOT NULL,
  active_until BIGINT NOT NULL,
  removed_at   BIGINT NOT NULL
);

CREATE TABLE logout_delivery (
  id           TEXT PRIMARY KEY NOT NULL,
  client_id    TEXT NOT NULL,
  session_id   TEXT NOT NULL,
  subject      TEXT NOT NULL,
  attempts     BIGINT NOT NULL,
  next_at      BIGINT NOT NULL,
  delivered_at BIGINT,
  given_up_at  BIGINT,
  last_error   TEXT,
  created_at   BIGINT NOT NULL,
  UNIQUE (client_id, session_id)
);

-- Keys, authorities, certificates ------------------------------------------------------------------------------------

CREATE TABLE authority (
  id           TEXT PRIMARY KEY NOT NULL, -- the {ca} of /pki/{ca}.cer
  role         TEXT NOT NULL,             -- root | issuing | bridge | partner-root | partner-issuing
  name         TEXT NOT NULL,
  certificate  BYTEA NOT NULL,
  key_id       TEXT NOT NULL REFERENCES sealed_key (id),
  crl_number   BIGINT NOT NULL,
  created_at   BIGINT NOT NULL
);

CREATE TABLE issued_certificate (
  authority_id TEXT NOT NULL REFERENCES authority (id),
  serial       TEXT NOT NULL,             -- upper hexadecimal
  profile      TEXT NOT NULL,
  subject      TEXT NOT NULL,
  person_id    TEXT,
  tbs          BYTEA NOT NULL,             -- what will be signed: written before the key is used
  certificate  BYTEA,                      -- what was signed
  not_after    BIGINT NOT NULL,
  prepared_at  BIGINT NOT NULL,
  signed_at    BIGINT,
  revoked_at   BIGINT,
  revoked_why  BIGINT,                    -- RFC 5280 §5.3.1 CRLReason
  PRIMARY KEY (authority_id, serial)
);
CREATE INDEX issued_person ON issued_certificate (person_id);
CREATE INDEX issued_serial ON issued_certificate (serial);

CREATE TABLE crl (
  authority_id TEXT NOT NULL REFERENCES authority (id),
  number       BIGINT NOT NULL,
  der          BYTEA NOT NULL,
  this_update  BIGINT NOT NULL,
  next_update  BIGINT NOT NULL,
  PRIMARY KEY (authority_id, number)
);

-- Trust --------------------------------------------------------------------------------------------------------------

CREATE TABLE trust_record (
  id            TEXT PRIMARY KEY NOT NULL,
  scheme        TEXT NOT NULL,
  region        TEXT NOT NULL,
  operator      TEXT NOT NULL,
  names         TEXT NOT NULL,            -- JSON by language
  root          BYTEA NOT NULL,
  issuing       BYTEA NOT NULL,
  type_name     TEXT,                     -- what the subject must hold, if the scheme names a type
  type_oid      TEXT,                     -- in which attribute
  policy_prefix TEXT NOT NULL,
  policies      TEXT NOT NULL,            -- JSON array: the concrete OIDs under the prefix
  level         BIGINT NOT NULL,
  status        TEXT NOT NULL,            -- granted | suspended | withdrawn
  status_from   BIGINT NOT NULL,
  recognised_from  BIGINT NOT NULL,
  recognised_until BIGINT,
  contact       TEXT NOT NULL,
  cross_authority TEXT REFERENCES authority (id),
  cross_serial  TEXT,
  created_at    BIGINT NOT NULL
);

CREATE TABLE trust_status (
  record_id TEXT NOT NULL REFERENCES trust_record (id),
  at        BIGINT NOT NULL,
  status    TEXT NOT NULL,
  reason    TEXT NOT NULL,
  actor     TEXT NOT NULL,
  PRIMARY KEY (record_id, at)
);

CREATE TABLE evidence (                   -- lists of others, kept once a known authority vouched for them
  uri         TEXT NOT NULL,
  issuer      TEXT NOT NULL,             -- whose: a list of one never takes the place of another's
  der         BYTEA NOT NULL,
  fetched_at  BIGINT NOT NULL,
  this_update BIGINT NOT NULL,
  next_update BIGINT,
  PRIMARY KEY (uri, issuer)
);

CREATE TABLE revision (                   -- counts the changes of a noun, so that a cache knows when it is old
  noun  TEXT PRIMARY KEY NOT NULL,
  value BIGINT NOT NULL
);
INSERT INTO revision (noun, value) VALUES ('trust', 1), ('client', 1), ('signing_key', 1);

-- Audit and disclosure -----------------------------------------------------------------------------------------------

CREATE TABLE audit_event (
  seq       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at        BIGINT NOT NULL,
  kind      TEXT NOT NULL,
  person_id TEXT,
  actor     TEXT NOT NULL,                -- person:<id> | client:<id> | operator | system
  address   TEXT,
  detail    TEXT NOT NULL                 -- JSON: the event's own fields
);
CREATE INDEX audit_person ON audit_event (person_id, seq);

CREATE TABLE disclosure (
  person_id TEXT NOT NULL REFERENCES person (id),
  client_id TEXT NOT NULL REFERENCES client (id),
  claims    TEXT NOT NULL,                -- space separated
  first_at  BIGINT NOT NULL,
  last_at   BIGINT NOT NULL,
  times     BIGINT NOT NULL,
  PRIMARY KEY (person_id, client_id, claims)
);

-- Demonstration halls ------------------------------------------------------------------------------------------------

CREATE TABLE hall_sign_in (
  state      TEXT PRIMARY KEY NOT NULL,
  hall       TEXT NOT NULL,
  browser_hash BYTEA NOT NULL,
  nonce      TEXT NOT NULL,
  verifier   TEXT NOT NULL,
  target     TEXT NOT NULL,               -- the deep link to come back to
  created_at BIGINT NOT NULL,
  used_at    BIGINT
);

CREATE TABLE hall_session (
  secret_hash BYTEA PRIMARY KEY NOT NULL,
  hall        TEXT NOT NULL,
  subject     TEXT NOT NULL,
  sid         TEXT NOT NULL,
  claims      TEXT NOT NULL,              -- JSON, as UserInfo gave them
  id_token    TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,
  ended_at    BIGINT
);
CREATE INDEX hall_session_sid ON hall_session (hall, sid);

CREATE TABLE service_record (
  id         TEXT PRIMARY KEY NOT NULL,
  hall       TEXT NOT NULL,
  item       TEXT NOT NULL,
  subject    TEXT NOT NULL,
  form       TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX service_record_subject ON service_record (hall, subject);

-- Background work ----------------------------------------------------------------------------------------------------

CREATE TABLE job (                        -- one node at a time runs a job: whoever takes the lease
  name         TEXT PRIMARY KEY NOT NULL,
  leased_until BIGINT NOT NULL
);

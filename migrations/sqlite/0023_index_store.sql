-- What a store of millions is looked through by: sessions that idle, or were opened with a certificate; codes that have
-- expired; where a person has been.
CREATE INDEX session_idle ON session (used_at) WHERE ended_at IS NULL;
CREATE INDEX session_left_alone ON session ((used_at + idle)) WHERE ended_at IS NULL AND idle > 0;
CREATE INDEX session_credential ON session (credential) WHERE ended_at IS NULL;
CREATE INDEX session_certificate ON session (fingerprint) WHERE ended_at IS NULL AND fingerprint IS NOT NULL;
CREATE INDEX authorization_code_expiry ON authorization_code (expires_at);
CREATE INDEX grant_person ON grant_record (person_id);

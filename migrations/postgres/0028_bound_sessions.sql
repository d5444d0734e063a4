-- Sessions and grants are removed a year after they ended; what may refer to them is found without reading the rest.
CREATE INDEX session_ended ON session (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX authorization_code_grant ON authorization_code (grant_id);
CREATE INDEX access_token_grant ON access_token (grant_id);
CREATE INDEX refresh_token_grant ON refresh_token (grant_id);
CREATE INDEX device_request_grant ON device_request (grant_id) WHERE grant_id IS NOT NULL;
-- What expires is found by its time.
CREATE INDEX familiar_network_age ON familiar_network (seen_at);
CREATE INDEX throttle_age ON throttle (window_start);
CREATE INDEX challenge_age ON challenge (issued_at);
CREATE INDEX handoff_expiry ON handoff (expires_at);

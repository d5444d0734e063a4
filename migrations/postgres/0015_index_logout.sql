-- What is due is found without reading what was delivered, and what became of a session's logouts without reading others'.
CREATE INDEX logout_delivery_due ON logout_delivery (next_at) WHERE delivered_at IS NULL AND given_up_at IS NULL;
CREATE INDEX logout_delivery_session ON logout_delivery (session_id);
CREATE INDEX logout_delivery_age ON logout_delivery (created_at);

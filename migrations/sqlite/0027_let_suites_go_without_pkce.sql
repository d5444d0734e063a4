-- Whether clients that come by this token may leave PKCE out: for test suites that do.
ALTER TABLE initial_access_token ADD COLUMN pkce_optional BIGINT NOT NULL DEFAULT 0; -- 0 | 1

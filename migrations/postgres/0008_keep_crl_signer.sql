CREATE TABLE crl_signer (                 -- who signs others' lists, certified by an authority that is known
  fingerprint TEXT PRIMARY KEY NOT NULL,
  uri         TEXT NOT NULL,
  der         BYTEA NOT NULL,
  fetched_at  BIGINT NOT NULL,
  not_after   BIGINT NOT NULL
);

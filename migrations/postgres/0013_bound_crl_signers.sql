DROP TABLE crl_signer;                    -- what was kept is fetched again with the next list

CREATE TABLE crl_signer (                 -- who signs partners' lists, certified by the partner whose name it bears
  fingerprint TEXT PRIMARY KEY NOT NULL,
  issuer      TEXT NOT NULL,              -- of the lists: the partner's authority, as its own certificate names it
  uri         TEXT NOT NULL,
  der         BYTEA NOT NULL,
  used_at     BIGINT NOT NULL,            -- when a list that it has signed came last
  not_after   BIGINT NOT NULL
);
CREATE INDEX crl_signer_issuer ON crl_signer (issuer, used_at);

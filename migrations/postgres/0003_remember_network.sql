-- Networks in which a person has signed in: strangers elsewhere do not use up the tries there.
CREATE TABLE familiar_network (
  person_id TEXT NOT NULL REFERENCES person (id),
  network   TEXT NOT NULL,               -- an IPv4 address, or a /64 of IPv6
  seen_at   BIGINT NOT NULL,
  PRIMARY KEY (person_id, network)
);

-- Of the sessions that there are, as far as their address names its network.
INSERT INTO familiar_network (person_id, network, seen_at)
  SELECT person_id, address, MAX(auth_time) FROM session
  WHERE address <> '' AND address NOT LIKE '%:%' GROUP BY person_id, address;

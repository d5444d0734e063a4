"""Client credentials by Authlib, with a secret in the header as it comes.

usage: machine_client.py demo.json CLIENT
"""

import json
import sys

import requests
from authlib.integrations.requests_client import OAuth2Session

demo = json.load(open(sys.argv[1], encoding="utf-8"))
client = json.loads(sys.argv[2])
metadata = requests.get(demo["issuer"] + "/.well-known/oauth-authorization-server", verify=demo["ca_file"]).json()
session = OAuth2Session(client["client_id"], client["client_secret"], scope="records:read")
session.trust_env = False
session.verify = demo["ca_file"]
token = session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
assert token["scope"] == "records:read" and "refresh_token" not in token, token
told = session.introspect_token(metadata["introspection_endpoint"], token=token["access_token"]).json()
assert told["active"] is True and told["sub"] == client["client_id"], told

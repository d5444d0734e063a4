"""private_key_jwt by Authlib, as it comes: the token endpoint for audience, an hour of life.

usage: assertion_client.py demo.json GIVEN; one JSON value a line, out: {"visit": address}, in: {"here": address}
"""

import json
import sys

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT

demo = json.load(open(sys.argv[1], encoding="utf-8"))
given = json.loads(sys.argv[2])
client = given["client"]
redirect_uri = client["redirect_uris"][0]


def visit(address):
    """Has the person open an address: where they end at the client."""
    print(json.dumps({"visit": address}), flush=True)
    return json.loads(sys.stdin.readline())["here"]


metadata = requests.get(demo["issuer"] + "/.well-known/openid-configuration", verify=demo["ca_file"]).json()
session = OAuth2Session(
    client["client_id"],
    given["pem"],
    scope="openid profile offline_access",
    redirect_uri=redirect_uri,
    code_challenge_method="S256",
    token_endpoint_auth_method=PrivateKeyJWT(metadata["token_endpoint"], alg=given["alg"]),
)
session.trust_env = False
session.verify = demo["ca_file"]
verifier = generate_token(48)
address, state = session.create_authorization_url(
    metadata["authorization_endpoint"], code_verifier=verifier, nonce=generate_token(20)
)
token = session.fetch_token(
    metadata["token_endpoint"], authorization_response=visit(address), code_verifier=verifier, state=state
)
assert session.get(metadata["userinfo_endpoint"]).json()["name"]
refreshed = session.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
assert refreshed["access_token"] != token["access_token"]

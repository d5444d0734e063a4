"""A resource server by Authlib that checks JWT access tokens (RFC 9068).

usage: jwt_server.py demo.json GIVEN
"""

import json
import sys

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc6750 import InsufficientScopeError, InvalidTokenError
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator

demo = json.load(open(sys.argv[1], encoding="utf-8"))
given = json.loads(sys.argv[2])
client, resource = given["client"], given["server"]["resource"]


def fetch(address):
    return requests.get(address, verify=demo["ca_file"]).json()


metadata = fetch(demo["issuer"] + "/.well-known/oauth-authorization-server")


class Validator(JWTBearerTokenValidator):
    def get_jwks(self):
        return fetch(metadata["jwks_uri"])


def check(token, audience, scopes):
    validator = Validator(issuer=demo["issuer"], resource_server=audience)
    claims = validator.authenticate_token(token)
    validator.validate_token(claims, scopes, None)
    return claims


session = OAuth2Session(client["client_id"], client["client_secret"])
session.trust_env = False
session.verify = demo["ca_file"]
token = session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials", resource=resource)
claims = check(token["access_token"], resource, ["records:read"])
assert claims["sub"] == claims["client_id"] == client["client_id"], claims
for audience, scopes, error in [
    ("https://elsewhere.example/", ["records:read"], InvalidTokenError),
    (resource, ["records:write"], InsufficientScopeError),
]:
    try:
        check(token["access_token"], audience, scopes)
    except error:
        continue
    raise AssertionError(f"{audience} {scopes} is taken")

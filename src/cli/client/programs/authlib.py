# pip install authlib joserfc requests. The secret is in the environment: CLIENT_SECRET.
import os

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

issuer = {ISSUER}
provider = requests.get(issuer + "/.well-known/openid-configuration").json()
client = OAuth2Session(
    {CLIENT_ID}, os.environ.get("CLIENT_SECRET"), scope={SCOPE}, redirect_uri={REDIRECT_URI},
    token_endpoint_auth_method={AUTHENTICATION}, code_challenge_method="S256",
)


def begin():
    """Send the browser to `url`; keep `login` in its session."""
    verifier, nonce = generate_token(48), generate_token(32)
    url, state = client.create_authorization_url(provider["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
    return {"url": url, "login": {"verifier": verifier, "state": state, "nonce": nonce}}


def finish(here, login):
    """The browser is back, at the address `here`: who it is."""
    tokens = client.fetch_token(
        provider["token_endpoint"], authorization_response=here, state=login["state"], code_verifier=login["verifier"],
    )
    keys = KeySet.import_key_set(requests.get(provider["jwks_uri"]).json())
    claims = jwt.decode(tokens["id_token"], keys, algorithms=[{ALGORITHM}]).claims
    wanted = {"iss": issuer, "aud": {CLIENT_ID}, "nonce": login["nonce"]}
    wanted = {name: {"essential": True, "value": value} for name, value in wanted.items()}
    jwt.JWTClaimsRegistry(leeway=10, exp={"essential": True}, **wanted).validate(claims)
    person = client.get(provider["userinfo_endpoint"]).json()
    if person["sub"] != claims["sub"]:
        raise ValueError("UserInfo is about somebody else")
    return {"claims": claims, "person": person}

"""The code flow by Authlib, with a person who signs in by certificate over mutual TLS.

usage: authlib_client.py demo.json USERNAME
"""

import html
import json
import re
import sys
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from authlib.jose import JsonWebKey, JsonWebToken

demo = json.load(open(sys.argv[1], encoding="utf-8"))
person = next(one for one in demo["people"] if one["username"] == sys.argv[2])
client = demo["clients"][0]
redirect_uri = client["redirect_uris"][0]


def is_client(url):
    return urlsplit(url).port == 8499


def follow(browser, url):
    """Follows redirects until a page is shown or one leads to the client."""
    while True:
        if is_client(url):
            return url, None
        page = browser.get(url, allow_redirects=False)
        if page.status_code not in (302, 303):
            return url, page
        url = urljoin(url, page.headers["location"])


def refused(call, error):
    """The call is refused with this OAuth error."""
    try:
        answer = call()
    except OAuthError as found:
        assert found.error == error, found
        return
    raise AssertionError(f"not refused: {answer}")


browser = requests.Session()
browser.trust_env = False  # neither proxies nor trust that the environment names
browser.verify = demo["ca_file"]
browser.cert = (person["cert"], person["key"])
browser.headers["Accept-Language"] = "en"

metadata = browser.get(demo["issuer"] + "/.well-known/openid-configuration").json()
assert metadata["issuer"] == demo["issuer"]
assert metadata["authorization_response_iss_parameter_supported"] is True

session = OAuth2Session(
    client["client_id"],
    client["client_secret"],
    scope="openid profile identity offline_access",
    redirect_uri=redirect_uri,
    code_challenge_method="S256",
    token_endpoint_auth_method="client_secret_post",
)
session.trust_env = False
session.verify = demo["ca_file"]
verifier, nonce = generate_token(48), generate_token(20)
address, state = session.create_authorization_url(
    metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce, acr_values="urn:gd:loa:4"
)

# The person's part: the login page, then the one click that shows the certificate.
_, login = follow(browser, address)
certificate = html.unescape(re.search(r'href="([^"]*/certificate/[^"]*)"', login.text).group(1))
back, page = follow(browser, certificate)
assert is_client(back), page.text
query = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
assert query["state"] == state and query["iss"] == metadata["issuer"], query

token = session.fetch_token(metadata["token_endpoint"], authorization_response=back, code_verifier=verifier, state=state)


def verify(token):
    """The ID token, by the published keys."""
    keys = JsonWebKey.import_key_set(browser.get(metadata["jwks_uri"]).json())
    claims = JsonWebToken(["ES256", "RS256"]).decode(
        token["id_token"],
        keys,
        claims_cls=CodeIDToken,
        claims_options={"iss": {"value": metadata["issuer"]}, "aud": {"value": client["client_id"]}},
        claims_params={"nonce": nonce, "access_token": token["access_token"], "client_id": client["client_id"]},
    )
    claims.validate(leeway=10)
    return claims


claims = verify(token)
assert claims["acr"] in ("urn:gd:loa:4", "urn:gd:loa:5"), claims
assert claims["amr"] == ["pop", "x509"], claims

userinfo = session.get(metadata["userinfo_endpoint"]).json()
assert userinfo["sub"] == claims["sub"] and userinfo["name"] == person["name"], userinfo

# What the provider says of a token, and one that is given back.
told = session.introspect_token(metadata["introspection_endpoint"], token=token["access_token"]).json()
assert told["active"] is True and told["sub"] == claims["sub"] and told["client_id"] == client["client_id"], told
assert session.revoke_token(metadata["revocation_endpoint"], token=token["access_token"]).status_code == 200
told = session.introspect_token(metadata["introspection_endpoint"], token=token["access_token"]).json()
assert told == {"active": False}, told

# Each refresh token is good once, and gives the next.
refreshed = session.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
assert refreshed["refresh_token"] != token["refresh_token"]
assert verify(refreshed)["sub"] == claims["sub"]

# The same code a second time revokes all that was issued with it (RFC 6749 section 4.1.2).
refused(
    lambda: session.fetch_token(
        metadata["token_endpoint"], authorization_response=back, code_verifier=verifier, state=state
    ),
    "invalid_grant",
)
revoked = browser.get(
    metadata["userinfo_endpoint"], headers={"Authorization": "Bearer " + refreshed["access_token"]}
)
assert revoked.status_code == 401, revoked.text
refused(
    lambda: session.refresh_token(metadata["token_endpoint"], refresh_token=refreshed["refresh_token"]),
    "invalid_grant",
)

# Logout, begun by the client.
afterwards = redirect_uri.replace("/callback", "/signed-out")
query = {"id_token_hint": token["id_token"], "post_logout_redirect_uri": afterwards, "state": "bye"}
logout = requests.Request("GET", metadata["end_session_endpoint"], params=query).prepare().url
farewell, _ = follow(browser, logout)
assert farewell == afterwards + "?state=bye", farewell
silent, _ = follow(browser, address + "&prompt=none")
assert parse_qs(urlsplit(silent).query)["error"] == ["login_required"], silent

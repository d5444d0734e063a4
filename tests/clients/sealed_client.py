"""Encrypted ID tokens and UserInfo answers, opened by joserfc, which Authlib stands on.

usage: sealed_client.py demo.json GIVEN; one JSON value a line, out: {"visit": address}, in: {"here": address}
"""

import json
import sys

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwe, jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

demo = json.load(open(sys.argv[1], encoding="utf-8"))
redirect_uri = "http://localhost:8499/callback"


def visit(address):
    """Has the person open an address: where they end at the client."""
    print(json.dumps({"visit": address}), flush=True)
    return json.loads(sys.stdin.readline())["here"]


metadata = requests.get(demo["issuer"] + "/.well-known/openid-configuration", verify=demo["ca_file"]).json()
signing = KeySet.import_key_set(requests.get(metadata["jwks_uri"], verify=demo["ca_file"]).json())


def road(alg, enc, key):
    """Registers a client, signs a person in, and opens what comes."""
    wishes = {
        "redirect_uris": [redirect_uri],
        "jwks": {"keys": [{**key.as_dict(private=False), "use": "enc", "alg": alg, "kid": "a"}]},
        "id_token_encrypted_response_alg": alg,
        "id_token_encrypted_response_enc": enc,
        "userinfo_encrypted_response_alg": alg,
        "userinfo_encrypted_response_enc": enc,
    }
    bearer = {"authorization": "Bearer " + demo["initial_access_token"]}
    answer = requests.post(metadata["registration_endpoint"], json=wishes, headers=bearer, verify=demo["ca_file"])
    assert answer.status_code == 201, answer.text
    client = answer.json()
    session = OAuth2Session(
        client["client_id"], client["client_secret"], scope="openid profile", redirect_uri=redirect_uri,
        code_challenge_method="S256",
    )
    session.trust_env = False
    session.verify = demo["ca_file"]
    verifier = generate_token(48)
    address, state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
    token = session.fetch_token(
        metadata["token_endpoint"], authorization_response=visit(address), code_verifier=verifier, state=state
    )
    opened = jwe.decrypt_compact(token["id_token"], key, algorithms=[alg, enc])
    claims = jwt.decode(opened.plaintext.decode(), signing).claims
    assert claims["aud"] == client["client_id"], claims
    opened = jwe.decrypt_compact(session.get(metadata["userinfo_endpoint"]).text, key, algorithms=[alg, enc])
    assert json.loads(opened.plaintext)["sub"] == claims["sub"]


road("RSA-OAEP-256", "A256GCM", RSAKey.generate_key(2048, private=True))
road("ECDH-ES", "A128CBC-HS256", ECKey.generate_key("P-256", private=True))
road("ECDH-ES+A256KW", "A128GCM", ECKey.generate_key("P-256", private=True))

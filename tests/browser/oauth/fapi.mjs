// FAPI 2.0 Security Profile by openid-client: a key of one's own, pushed requests, bound tokens; and what it excludes.

import assert from 'node:assert/strict';

import { SignJWT, importPKCS8 } from 'jose';

import { begin, demo, done, given, issuer, look, openid, visit } from './road.mjs';

const { client, pem, alg } = given;
const refused = (call, error) => assert.rejects(call, (thrown) => (assert.equal(thrown.error, error, thrown), true));
const key = await importPKCS8(pem, alg);
const metadata = { id_token_signed_response_alg: client.id_token_signed_response_alg };
assert.equal(metadata.id_token_signed_response_alg, 'PS256');
const config = await openid.discovery(issuer, client.client_id, metadata, openid.PrivateKeyJwt({ key, kid: 'signing' }));
openid.enableNonRepudiationChecks(config);
const [redirect_uri] = client.redirect_uris;
const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'));

let { parameters, checks } = await begin({ redirect_uri, scope: 'openid profile offline_access' });
const here = await visit(await openid.buildAuthorizationUrlWithPAR(config, parameters, { DPoP }));
assert.equal(here.searchParams.get('iss'), demo.issuer);
const tokens = await openid.authorizationCodeGrant(config, here, checks, undefined, { DPoP });
assert.equal(tokens.token_type, 'dpop');
assert.ok((await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP })).name);
const again = await openid.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
assert.deepEqual([again.token_type, again.refresh_token], ['dpop', undefined], 'bound, and not rotated');

// Answers are signed by an algorithm of the profile without a word, and proofs are taken by no other.
const signing = { ...metadata, introspection_signed_response_alg: 'PS256' };
const asking = await openid.discovery(issuer, client.client_id, signing, openid.PrivateKeyJwt({ key, kid: 'signing' }));
openid.enableNonRepudiationChecks(asking);
assert.equal((await openid.tokenIntrospection(asking, again.access_token)).active, true);
const weak = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('RS256'));
await refused(openid.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP: weak }), 'invalid_dpop_proof');

// Neither a request in the open, nor tokens for whoever has them, nor an assertion for anything but the issuer.
const bare = await look(openid.buildAuthorizationUrl(config, parameters));
assert.equal(new URL(bare.here).searchParams.get('error'), 'invalid_request');
await refused(openid.refreshTokenGrant(config, tokens.refresh_token), 'invalid_dpop_proof');
const seconds = Math.floor(Date.now() / 1000);
for (const [aud, status] of [[demo.issuer, 200], [[demo.issuer], 401], [`${demo.issuer}/oauth2/token`, 401]]) {
    const claims = { iss: client.client_id, sub: client.client_id, aud, iat: seconds, exp: seconds + 60, jti: crypto.randomUUID() };
    const client_assertion = await new SignJWT(claims).setProtectedHeader({ alg }).sign(key);
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const body = new URLSearchParams({ client_assertion, client_assertion_type, token: 'x' });
    assert.equal((await fetch(`${demo.issuer}/oauth2/introspect`, { method: 'POST', body })).status, status, String(aud));
}
done();

// How answers go back: posted as a form (OAuth 2.0 Form Post Response Mode), and signed (JARM), by openid-client.

import assert from 'node:assert/strict';

import { createRemoteJWKSet, importPKCS8, jwtVerify } from 'jose';

import { begin, demo, done, given, issuer, look, openid, posted, visit } from './road.mjs';

const { window, signed, held } = given;
const refused = (call, error) => assert.rejects(call, (thrown) => (assert.equal(thrown.error, error, thrown), true));
const config = await openid.discovery(issuer, window.client_id, undefined, openid.ClientSecretBasic(window.client_secret));
const metadata = config.serverMetadata();
for (const mode of ['query', 'form_post', 'jwt', 'query.jwt', 'form_post.jwt']) assert.ok(metadata.response_modes_supported.includes(mode));
const keys = createRemoteJWKSet(new URL(metadata.jwks_uri));

// Posted, by a form that works without a script, and that the page's policy lets go to this client alone.
let { parameters, checks } = await begin({ response_mode: 'form_post' });
let form = await posted(openid.buildAuthorizationUrl(config, parameters));
assert.equal(form.action, parameters.redirect_uri);
assert.deepEqual(Object.keys(form.fields).sort(), ['code', 'iss', 'session_state', 'state']);
assert.match(form.policy, /form-action 'self' http:\/\/localhost:8499;/);
assert.match(form.policy, /default-src 'none'/);
const request = () => new Request(form.action, { method: 'POST', body: new URLSearchParams(form.fields) });
const tokens = await openid.authorizationCodeGrant(config, request(), checks);
assert.ok((await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)).name);
({ parameters, checks } = await begin({ response_mode: 'form_post', scope: 'profile' }));
form = await posted(openid.buildAuthorizationUrl(config, parameters));
assert.deepEqual([form.fields.error, form.fields.state], ['invalid_scope', checks.expectedState]);

// Signed, in the address, by the algorithm that is registered; an error too.
const alg = signed.authorization_signed_response_alg;
const jarm = await openid.discovery(issuer, signed.client_id, { authorization_signed_response_alg: alg }, openid.ClientSecretBasic(signed.client_secret));
openid.useJwtResponseMode(jarm);
openid.enableNonRepudiationChecks(jarm);
({ parameters, checks } = await begin());
let here = await visit(openid.buildAuthorizationUrl(jarm, parameters));
assert.deepEqual([...here.searchParams.keys()], ['response']);
const answer = await jwtVerify(here.searchParams.get('response'), keys, { issuer: demo.issuer, audience: signed.client_id });
assert.deepEqual([answer.protectedHeader.alg, answer.payload.state], [alg, checks.expectedState]);
assert.ok(answer.payload.exp * 1000 <= Date.now() + 601_000);
assert.ok((await openid.authorizationCodeGrant(jarm, here, checks)).access_token);
({ parameters, checks } = await begin({ scope: 'profile' }));
here = await visit(openid.buildAuthorizationUrl(jarm, parameters));
await assert.rejects(openid.authorizationCodeGrant(jarm, here, checks), (thrown) => (assert.equal(thrown.error, 'invalid_scope', thrown), true));

// Both; and what is not offered comes back in the address.
({ parameters, checks } = await begin({ response_mode: 'form_post.jwt' }));
form = await posted(openid.buildAuthorizationUrl(config, parameters));
assert.deepEqual(Object.keys(form.fields), ['response']);
const inside = await jwtVerify(form.fields.response, keys, { issuer: demo.issuer, audience: window.client_id });
assert.deepEqual([inside.protectedHeader.alg, typeof inside.payload.code], ['RS256', 'string']);
for (const response_mode of ['fragment', 'fragment.jwt', 'web_message']) {
    ({ parameters } = await begin({ response_mode }));
    const back = new URL((await look(openid.buildAuthorizationUrl(config, parameters))).here);
    assert.equal(back.searchParams.get('error'), 'invalid_request', response_mode);
}

// An answer is no ID token: it passes for no hint.
const hint = openid.buildEndSessionUrl(config, { id_token_hint: form.fields.response });
assert.equal((await fetch(hint, { redirect: 'manual' })).status, 400);

// FAPI 2.0 Message Signing: signed requests, signed answers, signed introspection.
const key = await importPKCS8(held.pem, held.alg);
const { client } = held;
const known = { id_token_signed_response_alg: 'PS256', authorization_signed_response_alg: 'PS256', introspection_signed_response_alg: 'PS256' };
const strict = await openid.discovery(issuer, client.client_id, known, openid.PrivateKeyJwt({ key, kid: 'signing' }));
openid.useJwtResponseMode(strict);
openid.enableNonRepudiationChecks(strict);
const DPoP = openid.getDPoPHandle(strict, await openid.randomDPoPKeyPair('ES256'));
({ parameters, checks } = await begin({ redirect_uri: client.redirect_uris[0] }));
await refused(openid.buildAuthorizationUrlWithPAR(strict, parameters, { DPoP }), 'invalid_request_object');
const object = await openid.buildAuthorizationUrlWithJAR(strict, { ...parameters, response_mode: 'jwt' }, { key, kid: 'signing' });
here = await visit(await openid.buildAuthorizationUrlWithPAR(strict, object.searchParams, { DPoP }));
assert.deepEqual([...here.searchParams.keys()], ['response']);
const last = await openid.authorizationCodeGrant(strict, here, checks, undefined, { DPoP });
assert.equal((await openid.tokenIntrospection(strict, last.access_token)).active, true);
done();

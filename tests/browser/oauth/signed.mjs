// Signed requests by value at the authorization endpoint (RFC 9101, OpenID Connect Core §6.1): what is in the object counts, and
// nothing beside it; and what is no good object, by npm's openid-client and jose.

import assert from 'node:assert/strict';

import { SignJWT, exportJWK, generateKeyPair } from 'jose';

import { begin, demo, done, issuer, look, openid, redirect_uri, visit } from './road.mjs';

const register = async (more = {}) => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'a', use: 'sig' }] };
    const wishes = { redirect_uris: [redirect_uri], jwks, ...more };
    const config = await openid.dynamicClientRegistration(issuer, wishes, undefined, { initialAccessToken: demo.initial_access_token });
    return { config, key: pair.privateKey, id: config.clientMetadata().client_id };
};
const [client, other] = [await register(), await register()];
const held = await register({ require_signed_request_object: true, request_object_signing_alg: 'ES256' });
const seconds = () => Math.floor(Date.now() / 1000);
const object = (parameters, { claims = {}, header = {}, who = client, key = who.key } = {}) => {
    const all = { ...parameters, client_id: who.id, response_type: 'code', iss: who.id, aud: demo.issuer, exp: seconds() + 60, ...claims };
    return new SignJWT(all).setProtectedHeader({ alg: 'ES256', kid: 'a', typ: 'oauth-authz-req+jwt', ...header }).sign(key);
};
const address = (parameters, who = client) => {
    const url = new URL(who.config.serverMetadata().authorization_endpoint);
    for (const [name, value] of Object.entries({ client_id: who.id, ...parameters })) url.searchParams.set(name, value);
    return url;
};

// By the library, and by hand with other things beside it: the object alone counts.
let { parameters, checks } = await begin();
const built = await openid.buildAuthorizationUrlWithJAR(client.config, parameters, { key: client.key, kid: 'a' });
assert.ok((await openid.authorizationCodeGrant(client.config, await visit(built), checks)).claims().sub);
({ parameters, checks } = await begin({ scope: 'openid' }));
const beside = { redirect_uri: 'https://evil.example/', scope: 'openid profile', state: 'outer', nonce: 'outer', response_type: 'token', prompt: 'login', code_challenge: 'x', max_age: '-1' };
const here = await visit(address({ request: await object(parameters), ...beside }));
const answer = await openid.authorizationCodeGrant(client.config, here, checks);
assert.equal(answer.scope, 'openid');

// What is no object of this client for us goes back to the address beside it, if that is one of the client's.
const refused = async (request, more = {}, who = client) => {
    const page = await look(address({ request, redirect_uri, state: 'outer', ...more }, who));
    assert.ok(page.here, `status ${page.status}`);
    const back = new URL(page.here).searchParams;
    assert.deepEqual([back.get('error'), back.get('state')], ['invalid_request_object', 'outer'], back.get('error_description'));
};
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = { ...parameters, client_id: client.id, iss: client.id, aud: demo.issuer, exp: seconds() + 60 };
for (const bad of [
    'nonsense',
    `${part({ alg: 'none' })}.${part(unsigned)}.`,
    `${part({ alg: 'HS256' })}.${part(unsigned)}.AAAA`,
    (await object(parameters)).replace(/\.[^.]*$/, '.AAAA'),
    await object(parameters, { key: other.key }),
    await object(parameters, { who: other }),
    await object(parameters, { claims: { iss: other.id } }),
    await object(parameters, { claims: { client_id: other.id } }),
    await object(parameters, { claims: { aud: 'https://other.example' } }),
    await object(parameters, { claims: { exp: undefined } }),
    await object(parameters, { claims: { exp: seconds() - 60 } }),
    await object(parameters, { claims: { exp: seconds() + 86_400 } }),
    await object(parameters, { claims: { nbf: seconds() + 600 } }),
    await object(parameters, { claims: { request: 'x' } }),
    await object(parameters, { claims: { request_uri: 'https://rp.example/r' } }),
    await object(parameters, { claims: { sub: client.id } }),
    await object(parameters, { header: { typ: 'client-authentication+jwt' } }),
]) {
    await refused(bad);
}
// An address that is not the client's gets nothing.
const nowhere = await look(address({ request: 'nonsense', redirect_uri: 'https://evil.example/' }));
assert.deepEqual([nowhere.status, nowhere.here], [400, null]);
const wrong = await look(address({ request: await object({ ...parameters, redirect_uri: 'https://evil.example/' }), redirect_uri }));
assert.deepEqual([wrong.status, wrong.here], [400, null]);

// Who is held to it gets nothing without, and by no other algorithm than its own.
const plain = await look(openid.buildAuthorizationUrl(held.config, (await begin()).parameters));
assert.equal(new URL(plain.here).searchParams.get('error'), 'invalid_request_object');
({ parameters, checks } = await begin());
const signed = await visit(address({ request: await object(parameters, { who: held }) }, held));
assert.ok((await openid.authorizationCodeGrant(held.config, signed, checks)).claims().sub);
done();

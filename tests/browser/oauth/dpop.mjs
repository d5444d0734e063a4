// Tokens that are bound to a key (RFC 9449): whom they serve, whom they do not, and proofs made by hand (npm jose).

import assert from 'node:assert/strict';

import { SignJWT, exportJWK } from 'jose';

import { begin, demo, done, given, issuer, openid, tokens, visit } from './road.mjs';

const [window, native, held, machine] = given;
const refused = (call, error) => assert.rejects(call, (thrown) => (assert.equal(thrown.error, error, thrown), true));
const unauthorized = (call) => assert.rejects(call, (thrown) => (assert.equal(thrown.status, 401, thrown), true));
const discover = (client, authentication) => openid.discovery(issuer, client.client_id, undefined, authentication);
const config = await discover(window, openid.ClientSecretBasic(window.client_secret));
const handle = async (configuration, alg = 'ES256') => openid.getDPoPHandle(configuration, await openid.randomDPoPKeyPair(alg));
assert.ok(config.serverMetadata().dpop_signing_alg_values_supported.includes('ES256'));

// The key opens what the token alone does not, nor with another key; and each algorithm does.
const DPoP = await handle(config);
const other = await handle(config, 'Ed25519');
const first = await tokens(config, {}, { DPoP });
const { sub } = first.claims();
assert.equal(first.token_type, 'dpop');
assert.ok((await openid.fetchUserInfo(config, first.access_token, sub, { DPoP })).name);
await unauthorized(openid.fetchUserInfo(config, first.access_token, sub));
await unauthorized(openid.fetchUserInfo(config, first.access_token, sub, { DPoP: other }));
const told = await openid.tokenIntrospection(config, first.access_token);
assert.deepEqual([told.token_type, told.cnf], ['DPoP', { jkt: await DPoP.calculateThumbprint() }]);

// A client that proves who it is may change its key, or leave it.
const second = await openid.refreshTokenGrant(config, first.refresh_token, undefined, { DPoP: other });
assert.ok((await openid.fetchUserInfo(config, second.access_token, sub, { DPoP: other })).name);
const bearer = await openid.refreshTokenGrant(config, second.refresh_token);
assert.equal(bearer.token_type, 'bearer');
await unauthorized(openid.fetchUserInfo(config, bearer.access_token, sub, { DPoP }));
assert.ok((await openid.fetchUserInfo(config, bearer.access_token, sub)).name);

// The refresh token of a public client is bound as well.
const anonymous = await discover(native, openid.None());
const [mine, thief] = [await handle(anonymous), await handle(anonymous)];
const bound = await tokens(anonymous, {}, { DPoP: mine });
await refused(openid.refreshTokenGrant(anonymous, bound.refresh_token, undefined, { DPoP: thief }), 'invalid_grant');
await refused(openid.refreshTokenGrant(anonymous, bound.refresh_token), 'invalid_grant');
assert.equal((await openid.refreshTokenGrant(anonymous, bound.refresh_token, undefined, { DPoP: mine })).token_type, 'dpop');

// So is a code whose request named the key, or was pushed with a proof of it.
for (const pushed of [false, true]) {
    const { parameters, checks } = await begin(pushed ? {} : { dpop_jkt: await mine.calculateThumbprint() });
    const url = pushed
        ? await openid.buildAuthorizationUrlWithPAR(anonymous, parameters, { DPoP: mine })
        : openid.buildAuthorizationUrl(anonymous, parameters);
    const here = await visit(url);
    await refused(openid.authorizationCodeGrant(anonymous, here, checks, undefined, { DPoP: thief }), 'invalid_grant');
    await refused(openid.authorizationCodeGrant(anonymous, here, checks), 'invalid_grant');
    assert.equal((await openid.authorizationCodeGrant(anonymous, here, checks, undefined, { DPoP: mine })).token_type, 'dpop');
}

// A client that is held to it gets nothing without.
const strict = await discover(held, openid.ClientSecretBasic(held.client_secret));
await refused(tokens(strict), 'invalid_dpop_proof');
assert.equal((await tokens(strict, {}, { DPoP: await handle(strict) })).token_type, 'dpop');
const { parameters } = await begin({ dpop_jkt: 'short' });
const back = await visit(openid.buildAuthorizationUrl(strict, parameters));
assert.equal(back.searchParams.get('error'), 'invalid_request');

// By hand.
const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
const jwk = await exportJWK(publicKey);
const endpoint = config.serverMetadata().token_endpoint;
const proof = (claims = {}, header = {}, key = privateKey) =>
    new SignJWT({ htm: 'POST', htu: endpoint, iat: Math.floor(Date.now() / 1000), jti: crypto.randomUUID(), ...claims })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
        .sign(key);
const basic = `Basic ${Buffer.from(`${machine.client_id}:${machine.client_secret}`).toString('base64')}`;
const ask = async (...proofs) => {
    const headers = new Headers({ authorization: basic });
    for (const one of proofs) headers.append('dpop', one);
    const answer = await fetch(endpoint, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }), headers });
    return { status: answer.status, nonce: answer.headers.get('dpop-nonce'), ...(await answer.json()) };
};
const { status, error, nonce } = await ask(await proof());
assert.deepEqual([status, error], [400, 'use_dpop_nonce']);
assert.ok(nonce);
assert.equal((await ask(await proof({ nonce: 'invented' }))).error, 'use_dpop_nonce');
const good = await proof({ nonce });
const issued = await ask(good);
assert.deepEqual([issued.status, issued.token_type], [200, 'DPoP']);
assert.ok(issued.nonce);
const again = await ask(good);
assert.deepEqual([again.status, again.error], [400, 'invalid_dpop_proof'], 'each is good once');
const strange = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
for (const bad of [
    [await proof({ nonce, htm: 'GET' })],
    [await proof({ nonce, htu: `${demo.issuer}/oauth2/userinfo` })],
    [await proof({ nonce, iat: 1 })],
    [await proof({ nonce, jti: undefined })],
    [await proof({ nonce }, { typ: 'jwt' })],
    [await proof({ nonce }, { jwk: await exportJWK(privateKey) })],
    [await proof({ nonce }, { jwk: undefined })],
    [await proof({ nonce }, {}, strange.privateKey)],
    [await proof({ nonce }), await proof({ nonce })],
    ['nonsense'],
]) {
    const answer = await ask(...bad);
    assert.deepEqual([answer.status, answer.error], [400, 'invalid_dpop_proof'], bad.join());
}

// What a resource server says stands in the challenge.
const userinfo = config.serverMetadata().userinfo_endpoint;
const shown = await fetch(userinfo, { headers: { authorization: `DPoP ${first.access_token}`, dpop: await proof({ htm: 'GET', htu: userinfo }) } });
assert.equal(shown.status, 401);
const bare = await fetch(userinfo, { headers: { authorization: `DPoP ${bearer.access_token}` } });
assert.equal(bare.status, 401);
assert.match(bare.headers.get('www-authenticate'), /DPoP algs="ES256 [^"]*", error="invalid_dpop_proof"/);
done();

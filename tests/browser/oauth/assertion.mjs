// private_key_jwt by openid-client with each kind of key, and what is refused of assertions made by hand (npm jose).

import assert from 'node:assert/strict';

import { SignJWT, importPKCS8 } from 'jose';

import { demo, done, given, issuer, openid, tokens } from './road.mjs';

const refused = (call, error) => assert.rejects(call, (thrown) => (assert.equal(thrown.error, error, thrown), true));

for (const { client, pem, alg } of given) {
    const key = await importPKCS8(pem, alg);
    const config = await openid.discovery(issuer, client.client_id, undefined, openid.PrivateKeyJwt({ key, kid: 'signing' }));
    assert.ok(config.serverMetadata().token_endpoint_auth_methods_supported.includes('private_key_jwt'));
    assert.ok(config.serverMetadata().token_endpoint_auth_signing_alg_values_supported.includes(alg));
    const first = await tokens(config, { scope: 'openid offline_access' });
    // The refresh token of a client with a key stays: an answer that gets lost costs nothing.
    const lost = await openid.refreshTokenGrant(config, first.refresh_token);
    assert.equal(lost.refresh_token, undefined);
    const second = await openid.refreshTokenGrant(config, first.refresh_token);
    assert.equal((await openid.tokenIntrospection(config, second.access_token)).active, true);
    await openid.tokenRevocation(config, first.refresh_token);
    assert.equal((await openid.tokenIntrospection(config, second.access_token)).active, false);
    await refused(openid.refreshTokenGrant(config, first.refresh_token), 'invalid_grant');
}

// By hand, at the introspection endpoint, which says whether the client was believed.
const [{ client, pem, alg }, another] = given;
const key = await importPKCS8(pem, alg);
const assertion = (change = {}, header = {}, signer = key) => {
    const seconds = Math.floor(Date.now() / 1000);
    const claims = { iss: client.client_id, sub: client.client_id, aud: demo.issuer, iat: seconds, exp: seconds + 60, jti: crypto.randomUUID() };
    return new SignJWT({ ...claims, ...change }).setProtectedHeader({ alg, ...header }).sign(signer);
};
const ask = async (client_assertion, more = {}, headers = {}) => {
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const body = new URLSearchParams({ client_assertion, client_assertion_type, token: 'x', ...more });
    const answer = await fetch(`${demo.issuer}/oauth2/introspect`, { method: 'POST', body, headers });
    return [answer.status, (await answer.json()).error];
};
const good = await assertion();
assert.deepEqual(await ask(good), [200, undefined]);
assert.deepEqual(await ask(good), [401, 'invalid_client'], 'each is good once');
assert.deepEqual(await ask(await assertion({}, { typ: 'JWT' }), { client_id: client.client_id }), [200, undefined]);
assert.deepEqual(await ask(await assertion({ aud: `${demo.issuer}/oauth2/token` })), [200, undefined]);
const now = Math.floor(Date.now() / 1000);
const other = await importPKCS8(another.pem, another.alg);
const unsigned = (text) => Buffer.from(JSON.stringify(text)).toString('base64url');
for (const bad of [
    await assertion({ aud: 'https://elsewhere.example' }),
    await assertion({ aud: `${demo.issuer}/oauth2/introspect` }),
    await assertion({ aud: [demo.issuer] }),
    await assertion({ aud: [demo.issuer, 'https://elsewhere.example'] }),
    await assertion({ exp: now - 60 }),
    await assertion({ exp: now + 86400 }),
    await assertion({ exp: undefined }),
    await assertion({ jti: undefined }),
    await assertion({ iss: another.client.client_id }),
    await assertion({ iss: another.client.client_id, sub: another.client.client_id }),
    await assertion({}, { kid: 'unknown' }),
    await assertion({}, { typ: 'at+jwt' }),
    await assertion({}, { alg: another.alg }, other),
    (await assertion()).replace(/\.[^.]*$/, '.AAAA'),
    `${unsigned({ alg: 'none' })}.${(await assertion()).split('.')[1]}.`,
    'nonsense',
]) {
    assert.deepEqual(await ask(bad), [401, 'invalid_client'], bad);
}
for (const [more, headers] of [
    [{ client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }, {}],
    [{ client_id: another.client.client_id }, {}],
    [{ client_secret: 'secret' }, {}],
    [{}, { authorization: `Basic ${Buffer.from(`${client.client_id}:secret`).toString('base64')}` }],
]) {
    assert.deepEqual(await ask(await assertion(), more, headers), [400, 'invalid_request']);
}

// Whoever is registered with a key has no secret, not even an empty one.
for (const secret of ['', 'secret']) {
    const config = await openid.discovery(issuer, client.client_id, undefined, openid.ClientSecretPost(secret || ' '));
    await assert.rejects(openid.tokenIntrospection(config, 'x'), (error) => error.status === 401 && error.cause[0].scheme === 'basic');
}
done();

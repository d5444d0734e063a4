// A client registers itself by npm's openid-client and signs a person in (OpenID Connect Dynamic Registration, RFC 7591); what
// it is told when it asks for what it may not have; and how it reads, changes and removes its registration (RFC 7592).

import assert from 'node:assert/strict';

import { SignJWT, exportJWK, generateKeyPair, importPKCS8 } from 'jose';

import { begin, demo, done, given, issuer, look, openid, redirect_uri, tokens } from './road.mjs';

const endpoint = `${demo.issuer}/oauth2/register`;
const initialAccessToken = demo.initial_access_token;
const call = async (method, url, token, body) => {
    const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, ...(text && JSON.parse(text)) };
};
const register = (metadata, token = initialAccessToken) => call('POST', endpoint, token, metadata);

// A stock client: it says where it is, and all else is at the defaults of the standards, which it is told.
const config = await openid.dynamicClientRegistration(
    issuer,
    { redirect_uris: [redirect_uri], client_name: 'A window', grant_types: ['authorization_code', 'refresh_token'], unheard_of: 1 },
    undefined,
    { initialAccessToken },
);
assert.equal(config.serverMetadata().registration_endpoint, endpoint);
const registered = config.clientMetadata();
assert.equal(registered.client_secret_expires_at, 0);
assert.equal(registered.token_endpoint_auth_method, 'client_secret_basic');
assert.equal(registered.id_token_signed_response_alg, 'RS256');
assert.deepEqual(registered.response_types, ['code']);
assert.equal(registered.subject_type, 'pairwise');
assert.equal(registered.application_type, 'web');
assert.equal(registered.stage, 'sandbox');
assert.equal(registered.unheard_of, undefined);
assert.equal(registered.registration_client_uri, `${endpoint}/${registered.client_id}`);

// Nobody has approved it: a session that has not been at it opens nothing silently; after that it does.
const silent = await begin({ prompt: 'none' });
const login = new URL((await look(openid.buildAuthorizationUrl(config, silent.parameters))).here);
assert.equal(login.searchParams.get('error'), 'login_required');
const answer = await tokens(config);
assert.ok((await openid.fetchUserInfo(config, answer.access_token, answer.claims().sub)).name);
assert.ok(answer.refresh_token);
const again = await begin({ prompt: 'none' });
const here = new URL((await look(openid.buildAuthorizationUrl(config, again.parameters))).here);
assert.ok(here.searchParams.get('code'), here);
// The other way to send the secret.
const basic = await openid.discovery(issuer, registered.client_id, undefined, openid.ClientSecretBasic(registered.client_secret));
assert.equal((await tokens(basic)).claims().sub, answer.claims().sub);

// RFC 7592: read, change, remove.
const { registration_client_uri: own, registration_access_token: token } = registered;
const read = await call('GET', own, token);
assert.equal(read.status, 200);
assert.equal(read.client_id, registered.client_id);
assert.equal(read.registration_access_token, token);
assert.equal(read.headers.get('cache-control'), 'no-store');
const change = { client_id: registered.client_id, redirect_uris: [redirect_uri], client_name: 'Another window' };
for (const [wrong, error] of [
    [{ ...change, client_id: 'another' }, 'invalid_client_metadata'],
    [{ ...change, client_id: undefined }, 'invalid_client_metadata'],
    [{ ...change, client_secret: 'a guess' }, 'invalid_client_metadata'],
    [{ ...change, registration_access_token: token }, 'invalid_client_metadata'],
    [{ ...change, client_id_issued_at: 1 }, 'invalid_client_metadata'],
    [{ ...change, token_endpoint_auth_method: 'none' }, 'invalid_client_metadata'],
    [{ ...change, redirect_uris: ['https://elsewhere.example/callback'] }, 'invalid_redirect_uri'],
    [{ ...change, redirect_uris: [] }, 'invalid_redirect_uri'],
]) {
    const refused = await call('PUT', own, token, wrong);
    assert.deepEqual([refused.status, refused.error], [400, error], JSON.stringify(wrong));
}
const changed = await call('PUT', own, token, { ...change, client_secret: registered.client_secret });
assert.equal(changed.status, 200, changed.error_description);
assert.equal(changed.client_name, 'Another window');
// "Omitted fields … are to be deleted or set to their default."
assert.deepEqual(changed.grant_types, ['authorization_code']);
await assert.rejects(openid.refreshTokenGrant(basic, answer.refresh_token), (error) => error.error === 'unauthorized_client');
for (const [url, bad] of [
    [own, 'invented'],
    [own, undefined],
    [own, initialAccessToken],
    [`${endpoint}/demo-client`, token],
]) {
    for (const method of ['GET', 'DELETE']) {
        const refused = await call(method, url, bad);
        assert.equal(refused.status, 401);
        assert.match(refused.headers.get('www-authenticate'), /^Bearer /);
    }
}
assert.equal((await call('DELETE', own, token)).status, 204);
assert.equal((await call('GET', own, token)).status, 401);
assert.equal((await look(openid.buildAuthorizationUrl(config, again.parameters))).status, 400);
await assert.rejects(openid.fetchUserInfo(config, answer.access_token, answer.claims().sub), (error) => error.status === 401);

// What is refused is named.
const { publicKey } = await generateKeyPair('ES256');
const jwks = { keys: [await exportJWK(publicKey)] };
const good = { redirect_uris: [redirect_uri] };
for (const [metadata, error, named] of [
    [{}, 'invalid_redirect_uri', 'redirect_uris'],
    [{ redirect_uris: ['https://rp.example/callback#fragment'] }, 'invalid_redirect_uri', 'redirect_uris'],
    [{ redirect_uris: ['http://rp.example/callback'] }, 'invalid_redirect_uri', 'redirect_uris'],
    [{ redirect_uris: ['https://*.rp.example/callback'] }, 'invalid_redirect_uri', 'redirect_uris'],
    [{ redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri', 'redirect_uris'],
    [{ redirect_uris: ['https://a.example/', 'https://b.example/'] }, 'invalid_client_metadata', 'sector_identifier_uri'],
    [{ ...good, sector_identifier_uri: 'https://127.0.0.1:1/sector' }, 'invalid_client_metadata', 'sector_identifier_uri'],
    [{ ...good, sector_identifier_uri: 'https://169.254.169.254/latest' }, 'invalid_client_metadata', 'sector_identifier_uri'],
    [{ ...good, sector_identifier_uri: 'http://rp.example/sector' }, 'invalid_client_metadata', 'sector_identifier_uri'],
    [{ ...good, response_types: ['code', 'token'] }, 'invalid_client_metadata', 'response_types'],
    [{ ...good, response_types: ['code'], grant_types: ['client_credentials'] }, 'invalid_client_metadata', 'response_types'],
    [{ ...good, grant_types: ['implicit'] }, 'invalid_client_metadata', 'grant_types'],
    [{ ...good, id_token_signed_response_alg: 'none' }, 'invalid_client_metadata', 'id_token_signed_response_alg'],
    [{ ...good, id_token_signed_response_alg: 'HS256' }, 'invalid_client_metadata', 'id_token_signed_response_alg'],
    [{ ...good, request_object_signing_alg: 'none' }, 'invalid_client_metadata', 'request_object_signing_alg'],
    [{ ...good, subject_type: 'public' }, 'invalid_client_metadata', 'subject_type'],
    [{ ...good, token_endpoint_auth_method: 'client_secret_jwt' }, 'invalid_client_metadata', 'token_endpoint_auth_method'],
    [{ ...good, token_endpoint_auth_method: 'private_key_jwt' }, 'invalid_client_metadata', 'jwks'],
    [{ ...good, jwks, jwks_uri: 'https://rp.example/jwks' }, 'invalid_client_metadata', 'jwks_uri'],
    [{ ...good, jwks: { keys: [{ kty: 'oct', k: 'AA' }] } }, 'invalid_client_metadata', 'jwks'],
    [{ ...good, logo_uri: 'http://rp.example/logo.png' }, 'invalid_client_metadata', 'logo_uri'],
    [{ ...good, scope: 'openid records:read' }, 'invalid_client_metadata', 'scope'],
    [{ ...good, default_max_age: -1 }, 'invalid_client_metadata', 'default_max_age'],
    [{ ...good, backchannel_logout_uri: 'http://rp.example/out' }, 'invalid_client_metadata', 'backchannel_logout_uri'],
]) {
    const refused = await register(metadata);
    assert.deepEqual([refused.status, refused.error], [400, error], JSON.stringify([metadata, refused]));
    assert.ok(refused.error_description.startsWith(`${named}: `), refused.error_description);
}
for (const bad of [null, 'invented', token]) {
    const refused = await register(good, bad);
    assert.deepEqual([refused.status, refused.error], [401, 'invalid_token']);
}
for (const headers of [{}, { 'content-type': 'application/json' }]) {
    const body = headers['content-type'] ? 'not JSON' : JSON.stringify(good);
    const answer = await fetch(endpoint, { method: 'POST', body, headers: { ...headers, authorization: `Bearer ${initialAccessToken}` } });
    assert.equal(answer.status, 400);
}

// What the client wants for itself counts: the levels and ages of its requests, and a key instead of a secret.
const held = await openid.dynamicClientRegistration(
    issuer,
    { ...good, id_token_signed_response_alg: 'ES256', default_acr_values: ['urn:gd:loa:4'], default_max_age: 3600, policy_uri: 'https://rp.example/policy' },
    undefined,
    { initialAccessToken },
);
assert.equal(held.clientMetadata().policy_uri, 'https://rp.example/policy');
assert.ok((await tokens(held)).claims().acr >= 'urn:gd:loa:4');
const pair = await generateKeyPair('ES256', { extractable: true });
const keyed = await openid.dynamicClientRegistration(
    issuer,
    { ...good, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ ...(await exportJWK(pair.publicKey)), alg: 'ES256', kid: 'a' }] } },
    openid.PrivateKeyJwt({ key: pair.privateKey, kid: 'a' }),
    { initialAccessToken },
);
assert.equal(keyed.clientMetadata().client_secret, undefined);
assert.ok((await tokens(keyed)).claims().sub);

// A software statement of somebody whom the operator knows comes before what the client says itself.
const key = await importPKCS8(given.pem, 'ES256');
const state = (claims, signer = key) => new SignJWT({ iss: given.issuer, ...claims }).setProtectedHeader({ alg: 'ES256' }).sign(signer);
const software_statement = await state({ client_name: 'Stated', software_id: 'a-product' });
const stated = await register({ ...good, client_name: 'Claimed', software_statement });
assert.deepEqual([stated.status, stated.client_name, stated.software_id], [201, 'Stated', 'a-product']);
assert.equal(stated.software_statement, software_statement);
for (const [statement, error] of [
    ['nonsense', 'invalid_software_statement'],
    [1, 'invalid_software_statement'],
    [await state({}, pair.privateKey), 'invalid_software_statement'],
    [await state({ iss: 'https://nobody.example' }), 'unapproved_software_statement'],
    [await state({ exp: 1 }), 'unapproved_software_statement'],
]) {
    const refused = await register({ ...good, software_statement: statement });
    assert.deepEqual([refused.status, refused.error], [400, error], statement);
}

// A token that is for one client registers one; an error costs nothing; and its clients wait, where it says so.
assert.equal((await register({}, given.once)).status, 400);
const waiting = await register({ ...good, client_name: 'Waiting' }, given.once);
assert.deepEqual([waiting.status, waiting.stage], [201, 'pending'], waiting.error_description);
assert.equal((await register(good, given.once)).status, 401);
const parameters = (await begin()).parameters;
const pending = await openid.discovery(issuer, waiting.client_id, undefined, openid.ClientSecretPost(waiting.client_secret));
assert.equal((await look(openid.buildAuthorizationUrl(pending, parameters))).status, 400);
assert.equal((await call('GET', waiting.registration_client_uri, waiting.registration_access_token)).status, 200);
done();

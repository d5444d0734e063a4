// Modules of the plan oidcc-dynamic-certification-test-plan that are in no other, each by what it asserts. The plan runs with
// private_key_jwt.

import { exportJWK, generateKeyPair } from 'jose';

import { assert, check, claims, demo, error, finish, flow, given, isErrorPage, jwks, look, metadata, pause, redirect_uri, register as registerAny, registration, request, run, serve, token, visit } from './suite.mjs';
import { jwtVerify } from 'jose';

const register = (wishes = {}) => registerAny({ token_endpoint_auth_method: 'private_key_jwt', ...wishes });
const withQuery = `${redirect_uri}?foo=bar`;

/** A key of the client's own, and the public half as its key set has it. */
async function key(kid) {
    const pair = await generateKeyPair('RS256', { extractable: true });
    return { key: pair.privateKey, kid, jwk: { ...(await exportJWK(pair.publicKey)), kid, use: 'sig', alg: 'RS256' } };
}

/** A page about the client, which the person can open before they sign in. */
async function isLinked(name) {
    const uri = `https://rp.example/${name}`;
    const client = await register({ [name]: uri });
    assert.equal(client[name], uri);
    const page = await look(request(client).url);
    assert.equal(page.status, 200);
    assert.ok(page.body.includes(`href="${uri}"`), page.body);
}

await run({
    async 'oidcc-idtoken-rs256'() {
        const client = await register({ id_token_signed_response_alg: 'RS256' });
        assert.equal(client.id_token_signed_response_alg, 'RS256');
        await flow(client);
    },
    async 'oidcc-userinfo-rs256'() {
        const client = await register({ userinfo_signed_response_alg: 'RS256' });
        const answer = await flow(client);
        const response = await fetch(metadata.userinfo_endpoint, { headers: { authorization: `Bearer ${answer.access_token}` } });
        assert.equal(response.headers.get('content-type'), 'application/jwt');
        const { payload, protectedHeader } = await jwtVerify(await response.text(), jwks, { issuer: demo.issuer, audience: client.client_id });
        assert.deepEqual([protectedHeader.alg, payload.sub], ['RS256', answer.claims.sub]);
    },
    async 'oidcc-ensure-redirect-uri-in-authorization-request'() {
        await isErrorPage(request(await register(), { redirect_uri: null }).url);
    },
    async 'oidcc-redirect-uri-query-OK'() {
        const client = await register({ redirect_uris: [withQuery] });
        const asked = request(client);
        const here = await visit(asked.url);
        assert.equal(new URL(here).searchParams.get('foo'), 'bar');
        await finish(client, here, asked);
    },
    async 'oidcc-redirect-uri-query-mismatch'() {
        const client = await register({ redirect_uris: [withQuery] });
        await isErrorPage(request(client, { redirect_uri: `${redirect_uri}?bar=foo` }).url);
    },
    async 'oidcc-redirect-uri-query-added'() {
        await isErrorPage(request(await register(), { redirect_uri: withQuery }).url);
    },
    async 'oidcc-redirect-uri-regfrag'() {
        const { status, body } = await registration({ redirect_uris: [`${redirect_uri}#foobar`] });
        assert.equal(status, 400);
        assert.ok(['invalid_redirect_uri', 'invalid_client_metadata'].includes(body.error));
    },
    // The suite wants the logo on the page; ours shows no pictures of others. The rest of the module holds.
    async 'oidcc-registration-logo-uri'() {
        const logo_uri = 'https://rp.example/logo.png';
        const client = await register({ logo_uri });
        assert.equal(client.logo_uri, logo_uri);
        const page = await look(request(client).url);
        assert.equal(page.status, 200);
        assert.ok(!page.body.includes(logo_uri), 'named in docs/conformance/openid-suite.md as not done');
    },
    'oidcc-registration-policy-uri': () => isLinked('policy_uri'),
    'oidcc-registration-tos-uri': () => isLinked('tos_uri'),
    async 'oidcc-registration-jwks-uri'() {
        const own = await key('published');
        const origin = await serve(given.port, () => [200, { keys: [own.jwk] }]);
        const client = { ...(await register({ jwks_uri: `${origin}/jwks` })), key: own.key, kid: own.kid };
        await flow(client);
    },
    async 'oidcc-registration-sector-uri'() {
        const origin = await serve(given.port, () => [200, [redirect_uri, 'https://another.example/callback']]);
        const client = await register({ sector_identifier_uri: `${origin}/sector`, subject_type: 'pairwise' });
        assert.equal(client.sector_identifier_uri, `${origin}/sector`);
        await flow(client);
    },
    async 'oidcc-registration-sector-bad'() {
        const origin = await serve(given.port, () => [200, ['https://another.example/callback']]);
        const { status, body } = await registration({ redirect_uris: [redirect_uri], sector_identifier_uri: `${origin}/sector` });
        assert.equal(status, 400);
        assert.ok(['invalid_client_metadata', 'invalid_redirect_uri'].includes(body.error));
    },
    // The suite waits a minute, so that limits on fetching are not reached; ours is ten seconds.
    async 'oidcc-refresh-token-rp-key-rotation'() {
        const [before, after] = [await key('before'), await key('after')];
        let published = before;
        const origin = await serve(given.port, () => [200, { keys: [published.jwk] }]);
        const wishes = { jwks_uri: `${origin}/jwks`, grant_types: ['authorization_code', 'refresh_token'] };
        const client = { ...(await register(wishes)), key: before.key, kid: before.kid };
        const first = await flow(client, { scope: 'openid offline_access', prompt: 'consent' });
        published = after;
        await pause(11);
        const rotated = { ...client, key: after.key, kid: after.kid };
        const second = await token(rotated, { grant_type: 'refresh_token', refresh_token: first.refresh_token });
        assert.equal(second.status, 200, JSON.stringify(second));
        await claims(client, second.id_token, { nonce: first.claims.nonce });
    },
    // Both want the provider to fetch the request, which ours does not (docs/conformance/openid-suite.md): it says so.
    async 'oidcc-request-uri-unsigned'() {
        assert.equal(await error(await register(), { request_uri: 'https://rp.example/request.jwt' }), 'request_uri_not_supported');
    },
    async 'oidcc-request-uri-signed-rs256'() {
        const client = await register({ request_object_signing_alg: 'RS256' });
        assert.equal(await error(client, { request_uri: 'https://rp.example/request.jwt' }), 'request_uri_not_supported');
    },
    async 'oidcc-ensure-client-assertion-with-iss-aud-succeeds'() {
        await flow(await register());
    },
});

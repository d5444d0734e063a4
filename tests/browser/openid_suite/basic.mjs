// Modules of the plans oidcc-basic-certification-test-plan and oidcc-config-certification-test-plan, each by what it asserts.

import { ask, assert, check, claims, demo, error, finish, flow, isErrorPage, look, metadata, pause, redeem, redirect_uri, register, registration, request, run, token, userinfo, visit, jwks } from './suite.mjs';
import { SignJWT } from 'jose';

/** Signs in twice, the second time with these parameters. */
async function twice(more) {
    const client = await register();
    const first = await flow(client);
    const parameters = typeof more === 'function' ? more(first) : more;
    const second = await flow(client, parameters);
    assert.equal(second.claims.sub, first.claims.sub);
    return [first, second];
}

/** A scope that is not offered: the module is skipped, and who asks for it gets the rest. */
async function notOffered(scope) {
    assert.ok(!metadata.scopes_supported.includes(scope));
    const answer = await flow(await register(), { scope: `openid ${scope}` });
    assert.equal(answer.scope, 'openid');
}

await run({
    async 'oidcc-server'() {
        await userinfo(await flow(await register()));
    },
    async 'oidcc-response-type-missing'() {
        const client = await register();
        assert.ok(['invalid_request', 'unsupported_response_type'].includes(await error(client, { response_type: null })));
    },
    async 'oidcc-idtoken-signature'() {
        const client = await register({ id_token_signed_response_alg: 'RS256' });
        await claims(client, (await flow(client, { nonce: null })).id_token, {}, 'RS256');
    },
    // Skipped by the suite where `none` is not offered.
    async 'oidcc-idtoken-unsigned'() {
        assert.ok(!metadata.id_token_signing_alg_values_supported.includes('none'));
        const refused = await registration({ redirect_uris: [redirect_uri], id_token_signed_response_alg: 'none' });
        assert.deepEqual([refused.status, refused.body.error], [400, 'invalid_client_metadata']);
    },
    async 'oidcc-userinfo-get'() {
        await userinfo(await flow(await register()));
    },
    async 'oidcc-userinfo-post-header'() {
        const answer = await flow(await register());
        await userinfo(answer, { method: 'POST', headers: { authorization: `Bearer ${answer.access_token}` } });
    },
    async 'oidcc-userinfo-post-body'() {
        const answer = await flow(await register());
        await userinfo(answer, { method: 'POST', body: new URLSearchParams({ access_token: answer.access_token }) });
    },
    async 'oidcc-ensure-request-without-nonce-succeeds-for-code-flow'() {
        await flow(await register(), { nonce: null });
    },
    async 'oidcc-scope-profile'() {
        const answer = await flow(await register(), { scope: 'openid profile' });
        const told = await userinfo(answer);
        assert.ok(told.name && Number.isInteger(told.updated_at));
    },
    'oidcc-scope-email': () => notOffered('email'),
    'oidcc-scope-address': () => notOffered('address'),
    'oidcc-scope-phone': () => notOffered('phone'),
    'oidcc-scope-all': () => notOffered('email phone address'.split(' ')[0]),
    async 'oidcc-ensure-other-scope-order-succeeds'() {
        const answer = await flow(await register(), { scope: 'profile openid' });
        assert.ok((await userinfo(answer)).name);
    },
    async 'oidcc-display-page'() {
        await flow(await register(), { display: 'page' });
    },
    async 'oidcc-display-popup'() {
        await flow(await register(), { display: 'popup' });
    },
    async 'oidcc-prompt-login'() {
        const client = await register();
        const first = await flow(client);
        await pause(1.1);
        const asked = request(client, { prompt: 'login' });
        assert.equal((await look(asked.url)).status, 200, 'a login page, though somebody is signed in');
        const second = await finish(client, await visit(asked.url), asked);
        assert.equal(second.claims.sub, first.claims.sub);
        assert.ok(second.claims.auth_time > first.claims.auth_time);
    },
    async 'oidcc-prompt-none-not-logged-in'() {
        assert.equal(await error(await register(), { prompt: 'none' }), 'login_required');
    },
    async 'oidcc-prompt-none-logged-in'() {
        const client = await register();
        const first = await flow(client);
        const asked = request(client, { prompt: 'none' });
        const { here } = await look(asked.url);
        const second = await finish(client, here, asked);
        assert.deepEqual([second.claims.sub, second.claims.auth_time], [first.claims.sub, first.claims.auth_time]);
    },
    async 'oidcc-max-age-1'() {
        const client = await register();
        const first = await flow(client);
        await pause(2.1);
        const asked = request(client, { max_age: '1' });
        assert.equal((await look(asked.url)).status, 200, 'a login page');
        const second = await finish(client, await visit(asked.url), asked);
        assert.ok(second.claims.auth_time > first.claims.auth_time);
        assert.ok(second.claims.auth_time + 60 > Date.now() / 1000);
    },
    async 'oidcc-max-age-10000'() {
        const client = await register();
        const first = await flow(client, { max_age: '15000' });
        const asked = request(client, { max_age: '10000' });
        const { here } = await look(asked.url);
        const second = await finish(client, here, asked);
        assert.deepEqual([second.claims.sub, second.claims.auth_time], [first.claims.sub, first.claims.auth_time]);
    },
    async 'oidcc-ensure-request-with-unknown-parameter-succeeds'() {
        await flow(await register(), { extra: 'foobar' });
    },
    async 'oidcc-id-token-hint'() {
        const [first, second] = await twice((first) => ({ prompt: 'none', id_token_hint: first.id_token }));
        assert.equal(second.claims.auth_time, first.claims.auth_time);
    },
    async 'oidcc-login-hint'() {
        const client = await register();
        const asked = request(client, { login_hint: 'chan', prompt: 'login' });
        const page = await look(asked.url);
        assert.equal(page.status, 200);
        assert.match(page.body, /name="username"[^>]*value="chan"|value="chan"[^>]*name="username"/);
        await finish(client, await visit(asked.url), asked);
    },
    async 'oidcc-ui-locales'() {
        await flow(await register(), { ui_locales: 'se' });
    },
    async 'oidcc-claims-locales'() {
        await flow(await register(), { claims_locales: 'se' });
    },
    // "… values that the server supports": the ID token then has one of them.
    async 'oidcc-ensure-request-with-acr-values-succeeds'() {
        const wished = metadata.acr_values_supported.slice(0, 2);
        const answer = await flow(await register(), { acr_values: wished.join(' ') });
        assert.ok(metadata.acr_values_supported.includes(answer.claims.acr));
        assert.ok((await flow(await register(), { acr_values: '1 2' })).claims.acr);
    },
    async 'oidcc-codereuse'() {
        const client = await register();
        const { code } = await flow(client);
        const again = await redeem(client, code);
        assert.deepEqual([again.status, again.error], [400, 'invalid_grant']);
    },
    // The suite waits half a minute; what happens is the same after some seconds.
    async 'oidcc-codereuse-30seconds'() {
        const client = await register();
        const answer = await flow(client);
        await userinfo(answer);
        await pause(3);
        const again = await redeem(client, answer.code);
        assert.deepEqual([again.status, again.error], [400, 'invalid_grant']);
        const headers = { authorization: `Bearer ${answer.access_token}` };
        assert.equal((await fetch(metadata.userinfo_endpoint, { headers })).status, 401, 'what was issued with it is over');
    },
    async 'oidcc-ensure-registered-redirect-uri'() {
        await isErrorPage(request(await register(), { redirect_uri: `${redirect_uri}/unregistered` }).url);
    },
    async 'oidcc-ensure-post-request-succeeds'() {
        const client = await register();
        const asked = request(client);
        const form = Object.fromEntries(asked.url.searchParams);
        const { here } = await ask({ visit: metadata.authorization_endpoint, form });
        await finish(client, here, asked);
    },
    async 'oidcc-server-client-secret-post'() {
        await userinfo(await flow(await register({ token_endpoint_auth_method: 'client_secret_post' })));
    },
    async 'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported'() {
        assert.equal(metadata.request_uri_parameter_supported, false);
        assert.equal(await error(await register(), { request_uri: 'https://rp.example/request.jwt' }), 'request_uri_not_supported');
    },
    // Skipped by the suite where `none` is not offered for request objects.
    async 'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported'() {
        assert.ok(!metadata.request_object_signing_alg_values_supported.includes('none'));
        const client = await register();
        const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
        const object = `${part({ alg: 'none' })}.${part({ iss: client.client_id, aud: demo.issuer, client_id: client.client_id, exp: Date.now() })}.`;
        assert.equal(await error(client, { request: object }), 'invalid_request_object');
    },
    async 'oidcc-claims-essential'() {
        const answer = await flow(await register(), { claims: JSON.stringify({ userinfo: { name: { essential: true } } }) });
        assert.ok((await userinfo(answer)).name);
        assert.equal(answer.claims.name, undefined);
    },
    // The suite's object is unsigned; ours is signed, since no other is taken.
    async 'oidcc-ensure-request-object-with-redirect-uri'() {
        const client = await register();
        const asked = request(client);
        const inner = { ...Object.fromEntries(asked.url.searchParams), iss: client.client_id, aud: demo.issuer, exp: Math.floor(Date.now() / 1000) + 60 };
        const object = await new SignJWT(inner).setProtectedHeader({ alg: 'RS256', kid: client.kid }).sign(client.key);
        const outer = request(client, { request: object, redirect_uri: `${redirect_uri}/invalid`, state: 'outer', nonce: 'outer' });
        await finish(client, await visit(outer.url), asked);
    },
    async 'oidcc-refresh-token'() {
        const wishes = { grant_types: ['authorization_code', 'refresh_token'] };
        const [client, other] = [await register(wishes), await register(wishes)];
        const first = await flow(client, { scope: 'openid offline_access', prompt: 'consent' });
        assert.match(first.refresh_token, /^[\x20-\x7e]+$/);
        const foreign = await token(other, { grant_type: 'refresh_token', refresh_token: first.refresh_token });
        assert.deepEqual([foreign.status, foreign.error], [400, 'invalid_grant']);
        const second = await token(client, { grant_type: 'refresh_token', refresh_token: first.refresh_token });
        assert.equal(second.status, 200);
        assert.notEqual(second.access_token, first.access_token);
        const renewed = await claims(client, second.id_token, { nonce: first.claims.nonce });
        for (const name of ['iss', 'sub', 'aud', 'auth_time']) assert.deepEqual(renewed[name], first.claims[name]);
        await userinfo({ access_token: second.access_token, claims: renewed });
    },
    async 'oidcc-ensure-request-with-valid-pkce-succeeds'() {
        const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
        const pkce = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };
        const client = await register();
        const asked = request(client, pkce);
        const code = check(await visit(asked.url), asked).get('code');
        const fields = { grant_type: 'authorization_code', code, redirect_uri: client.redirect_uris[0] };
        assert.equal((await token(client, fields)).error, 'invalid_request');
        assert.equal((await token(client, { ...fields, code_verifier: verifier.replace('d', 'e') })).error, 'invalid_grant');
        assert.equal((await token(client, { ...fields, code_verifier: verifier })).status, 200);
        // Nor may a verifier come where there was no challenge (RFC 9700 section 2.1.1).
        const bare = request(client);
        const second = check(await visit(bare.url), bare).get('code');
        assert.equal((await token(client, { ...fields, code: second, code_verifier: verifier })).error, 'invalid_grant');
    },
    async 'oidcc-discovery-endpoint-verification'() {
        const answer = await fetch(`${demo.issuer}/.well-known/openid-configuration`);
        assert.equal(answer.status, 200);
        assert.match(answer.headers.get('content-type'), /^application\/json/);
        assert.equal(metadata.issuer, demo.issuer);
        assert.ok(!metadata.issuer.includes('?') && !metadata.issuer.includes('#'));
        for (const [name, value] of Object.entries(metadata)) {
            if (/_endpoint$|^jwks_uri$|_iframe$/.test(name)) assert.match(value, /^https:\/\//, name);
        }
        for (const name of ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'registration_endpoint', 'jwks_uri']) {
            assert.ok(metadata[name], name);
        }
        const holds = (name, ...values) => values.forEach((value) => assert.ok(metadata[name].includes(value), `${name}: ${value}`));
        holds('response_types_supported', 'code');
        holds('subject_types_supported', 'pairwise');
        holds('id_token_signing_alg_values_supported', 'RS256');
        holds('userinfo_signing_alg_values_supported', 'RS256');
        holds('request_object_signing_alg_values_supported', 'RS256');
        holds('scopes_supported', 'openid');
        holds('grant_types_supported', 'authorization_code');
        holds('claims_supported', 'sub');
        assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']);
        assert.equal(metadata.claims_parameter_supported, true);
        assert.equal(metadata.request_parameter_supported, true);
        for (const tag of metadata.ui_locales_supported) assert.equal(new Intl.Locale(tag).toString(), tag);
        const { keys } = await (await fetch(metadata.jwks_uri)).json();
        assert.equal(new Set(keys.map((key) => key.kid)).size, keys.length);
        for (const key of keys) assert.ok(key.kid && key.alg && !key.d && !key.k && key.kty !== 'oct', JSON.stringify(key));
    },
});

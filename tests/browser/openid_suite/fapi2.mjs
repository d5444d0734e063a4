// Modules of the plan fapi2-security-profile-final-test-plan, each by what it asserts: private_key_jwt, DPoP, OpenID Connect,
// unsigned requests, plain responses. Two clients are given, both held to the profile by the operator; each has a key for PS256.

import { SignJWT, calculateJwkThumbprint, exportJWK, generateKeyPair, importPKCS8, jwtVerify } from 'jose';

import { ask, assert, demo, given, jwks, look, metadata, pause, run, visit } from './suite.mjs';

const [client, other] = await Promise.all(given.clients.map(async ({ client, pem }) => ({ ...client, key: await importPKCS8(pem, 'PS256', { extractable: true }), pem })));
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const random = (length = 24) => Buffer.from(crypto.getRandomValues(new Uint8Array(length))).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);
const errors = (answer, ...expected) => {
    assert.ok([400, 401].includes(answer.status), JSON.stringify(answer));
    assert.ok(expected.includes(answer.error), JSON.stringify(answer));
};

/** A client assertion; `undefined` leaves a claim out. */
const assertion = async (change = {}, { who = client, alg = 'PS256', key = who.key } = {}) => {
    const claims = { iss: who.client_id, sub: who.client_id, aud: metadata.issuer, iat: now(), exp: now() + 60, jti: random(), ...change };
    return new SignJWT(claims).setProtectedHeader({ alg, kid: 'signing' }).sign(key);
};

/** A key to bind tokens to, and its proofs, each with the last nonce. */
async function device() {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(pair.publicKey);
    const self = { nonce: undefined, jkt: await calculateJwkThumbprint(jwk), key: pair.privateKey };
    self.proof = async (htm, htu, claims = {}, header = {}, key = pair.privateKey) => {
        const all = { htm, htu, iat: now(), jti: random(), nonce: self.nonce, ...claims };
        return new SignJWT(all).setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header }).sign(key);
    };
    return self;
}

/** Sends a form with whatever proves who sends it; a proof that lacks the nonce is made again with it. */
async function post(url, fields, { who = client, proves = assertion({}, { who }), dpop, proof = {}, header = {}, proofKey, method = 'POST' } = {}) {
    for (let attempt = 0; ; attempt++) {
        const body = new URLSearchParams(fields);
        const shown = await proves;
        if (shown) {
            body.set('client_assertion_type', ASSERTION);
            body.set('client_assertion', attempt ? await assertion({}, { who }) : shown);
        }
        const headers = dpop ? { dpop: await dpop.proof(method, url, proof, header, proofKey) } : {};
        const answer = await fetch(url, { method, body, headers });
        if (dpop) dpop.nonce = answer.headers.get('dpop-nonce') ?? dpop.nonce;
        const told = /json/.test(answer.headers.get('content-type')) ? await answer.json() : {};
        if (told.error !== 'use_dpop_nonce' || attempt || 'nonce' in proof) return { status: answer.status, ...told };
    }
}

/** The parameters of a request; `null` leaves one out. */
function parameters(more = {}) {
    const verifier = random(32);
    const digest = crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
    const usual = { client_id: client.client_id, redirect_uri: client.redirect_uris[0], response_type: 'code', scope: 'openid', state: random(), nonce: random(), code_challenge_method: 'S256' };
    return digest.then((digest) => {
        const all = { ...usual, code_challenge: Buffer.from(digest).toString('base64url'), ...more };
        return { verifier, asked: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)) };
    });
}

const par = (fields, options) => post(metadata.pushed_authorization_request_endpoint, fields, options);
const token = (fields, options) => post(metadata.token_endpoint, fields, options);

/** Where the browser goes with a pushed request; more parameters stand beside it. */
function authorize(request_uri, more = {}) {
    const url = new URL(metadata.authorization_endpoint);
    for (const [name, value] of Object.entries({ client_id: client.client_id, request_uri, ...more })) url.searchParams.set(name, value);
    return url;
}

/** Pushes a request, and the person signs in: what came back, and how to go on. */
async function authorized(more = {}, options = {}, outer = {}) {
    const { verifier, asked } = await parameters(more);
    const pushed = await par(asked, options);
    assert.equal(pushed.status, 201, JSON.stringify(pushed));
    assert.ok(pushed.request_uri && pushed.expires_in > 0);
    const here = new URL(await visit(authorize(pushed.request_uri, outer)));
    assert.equal(here.searchParams.get('iss'), metadata.issuer);
    assert.equal(here.searchParams.get('state'), asked.state ?? null);
    const code = here.searchParams.get('code');
    assert.ok(code, here);
    const grant = { grant_type: 'authorization_code', code, redirect_uri: client.redirect_uris[0], code_verifier: verifier, client_id: client.client_id };
    return { asked, here, grant, request_uri: pushed.request_uri };
}

async function idToken(tokens, asked) {
    const { payload, protectedHeader } = await jwtVerify(tokens.id_token, jwks, { issuer: metadata.issuer, audience: client.client_id });
    assert.ok(['PS256', 'ES256', 'EdDSA'].includes(protectedHeader.alg));
    assert.equal(payload.nonce, asked.nonce);
    return payload;
}

/** Shows a bound token where it opens something. */
async function resource(tokens, dpop, { scheme = 'DPoP', proof = {}, header = {}, url = metadata.userinfo_endpoint, proofKey, bare = false } = {}) {
    for (let attempt = 0; ; attempt++) {
        const ath = Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(tokens.access_token))).toString('base64url');
        const shown = bare ? {} : { dpop: await dpop.proof('GET', url, { ath, ...proof }, header, proofKey) };
        const answer = await fetch(metadata.userinfo_endpoint, { headers: { authorization: `${scheme} ${tokens.access_token}`, ...shown } });
        dpop.nonce = answer.headers.get('dpop-nonce') ?? dpop.nonce;
        const wants = answer.headers.get('www-authenticate') ?? '';
        if (!/use_dpop_nonce/.test(wants) || attempt || bare) return { status: answer.status, ...(answer.status === 200 ? await answer.json() : {}) };
    }
}

/** The whole flow. */
async function flow(more = {}, { pushes = {}, redeems = {}, shows = {}, dpop } = {}) {
    const bound = dpop ?? (await device());
    const begun = await authorized(more, pushes);
    const tokens = await token(begun.grant, { dpop: bound, ...redeems });
    assert.equal(tokens.status, 200, JSON.stringify(tokens));
    assert.equal(tokens.token_type.toLowerCase(), 'dpop');
    const claims = await idToken(tokens, begun.asked);
    const told = await resource(tokens, bound, shows);
    assert.deepEqual([told.status, told.sub], [200, claims.sub]);
    return { ...begun, dpop: bound, tokens, claims, told };
}

/** A pushed request that is refused, there or when the browser comes with it. */
async function refusedRequest(more, ...expected) {
    const { asked } = await parameters(more);
    const pushed = await par(asked);
    if (pushed.status === 201) {
        const { here } = await look(authorize(pushed.request_uri));
        return assert.ok(expected.includes(new URL(here).searchParams.get('error')), here);
    }
    errors(pushed, ...expected);
}

/** A token request that is refused. */
async function refusedToken(change, options, ...expected) {
    const { grant } = await authorized();
    errors(await token({ ...grant, ...change }, { dpop: await device(), ...options }), ...expected);
}

/** A pushed request whose assertion is not believed. */
async function refusedAssertion(change, options = {}) {
    const { asked } = await parameters();
    errors(await par(asked, { proves: assertion(change, options) }), 'invalid_client', 'invalid_request');
}

/** An error page: the browser is sent nowhere. */
async function isErrorPage(url) {
    const page = await look(url);
    assert.ok(page.status >= 400 && !page.here, JSON.stringify(page).slice(0, 200));
}

const name = (text) => `fapi2-security-profile-final-${text}`;

await run({
    async [name('discovery-end-point-verification')]() {
        const holds = (field, ...values) => values.forEach((value) => assert.ok(metadata[field].includes(value), `${field}: ${value}`));
        assert.equal(metadata.issuer, demo.issuer);
        for (const [field, value] of Object.entries(metadata)) if (/_endpoint$|^jwks_uri$/.test(field)) assert.match(value, /^https:/, field);
        holds('response_types_supported', 'code');
        holds('token_endpoint_auth_methods_supported', 'private_key_jwt');
        holds('token_endpoint_auth_signing_alg_values_supported', 'PS256', 'ES256', 'EdDSA');
        holds('id_token_signing_alg_values_supported', 'PS256', 'ES256', 'EdDSA');
        holds('dpop_signing_alg_values_supported', 'PS256', 'ES256', 'EdDSA');
        holds('code_challenge_methods_supported', 'S256');
        holds('grant_types_supported', 'authorization_code');
        assert.equal(metadata.authorization_response_iss_parameter_supported, true);
        assert.ok(metadata.pushed_authorization_request_endpoint);
        const { keys } = await (await fetch(metadata.jwks_uri)).json();
        for (const key of keys) assert.ok(key.kid && !key.d && key.kty !== 'oct');
    },
    async [name('happy-flow')]() {
        await flow();
    },
    async [name('user-rejects-authentication')]() {
        const { asked } = await parameters();
        const { request_uri } = await par(asked);
        const { here } = await ask({ cancel: String(authorize(request_uri)) });
        const back = new URL(here).searchParams;
        assert.deepEqual([back.get('error'), back.get('state'), back.get('iss')], ['access_denied', asked.state, metadata.issuer]);
    },
    async [name('ensure-authorization-request-without-state-success')]() {
        await flow({ state: null });
    },
    async [name('ensure-authorization-request-without-nonce-success')]() {
        await flow({ nonce: null });
    },
    async [name('ensure-authorization-request-with-64-char-nonce-success')]() {
        await flow({ nonce: 'n'.repeat(64) });
    },
    async [name('ensure-other-scope-order-succeeds')]() {
        assert.ok((await flow({ scope: 'profile openid' })).told.name);
    },
    async [name('test-claims-parameter-identity-claims')]() {
        const { claims, told } = await flow({ claims: JSON.stringify({ id_token: { name: { essential: true } }, userinfo: { region: null } }) });
        assert.ok(claims.name && told.region && !claims.region);
    },
    async [name('access-token-type-header-case-sensitivity')]() {
        await flow({}, { shows: { scheme: 'dpop' } });
        await flow({}, { shows: { scheme: 'DPOP' } });
    },
    async [name('check-dpop-proof-nbf-exp')]() {
        const proof = { nbf: now(), exp: now() + 300 };
        await flow({}, { redeems: { proof }, shows: { proof } });
    },
    async [name('ensure-dpopproof-with-iat-10seconds-before-succeeds')]() {
        await flow({}, { redeems: { proof: { iat: now() - 10 } }, shows: { proof: { iat: now() - 10 } } });
    },
    async [name('ensure-dpopproof-with-iat-10seconds-after-succeeds')]() {
        await flow({}, { redeems: { proof: { iat: now() + 10 } }, shows: { proof: { iat: now() + 10 } } });
    },
    async [name('ensure-mismatched-dpop-jkt-fails')]() {
        const [mine, another] = [await device(), await device()];
        const { asked } = await parameters({ dpop_jkt: another.jkt });
        errors(await par(asked, { dpop: mine }), 'invalid_dpop_proof', 'invalid_request');
    },
    async [name('ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt')]() {
        const { grant } = await authorized({}, { dpop: await device() });
        errors(await token(grant, { dpop: await device() }), 'invalid_dpop_proof', 'invalid_grant');
    },
    async [name('ensure-token-endpoint-fails-with-mismatched-dpop-jkt')]() {
        const { grant } = await authorized({ dpop_jkt: (await device()).jkt });
        errors(await token(grant, { dpop: await device() }), 'invalid_dpop_proof', 'invalid_grant');
    },
    async [name('ensure-dpopproof-at-par-endpoint-binding-success')]() {
        const dpop = await device();
        await flow({}, { pushes: { dpop }, dpop });
    },
    async [name('ensure-dpop-auth-code-binding-success')]() {
        const dpop = await device();
        await flow({ dpop_jkt: dpop.jkt }, { dpop });
    },
    async [name('ensure-different-nonce-inside-and-outside-request-object')]() {
        const { grant, asked } = await authorized({}, {}, { nonce: 'another' });
        await idToken(await token(grant, { dpop: await device() }), asked);
    },
    async [name('ensure-different-state-inside-and-outside-request-object')]() {
        await authorized({}, {}, { state: 'another' });
    },
    async [name('ensure-authorization-request-with-long-nonce')]() {
        await flow({ nonce: 'n'.repeat(384) });
    },
    async [name('ensure-authorization-request-with-long-state')]() {
        await flow({ state: 's'.repeat(384) });
    },
    async [name('state-only-outside-request-object-not-used')]() {
        await authorized({ state: null }, {}, { state: 'outside' });
    },
    async [name('ensure-request-object-without-redirect-uri-fails')]() {
        await refusedRequest({ redirect_uri: null }, 'invalid_request');
    },
    async [name('plain-fapi-tolerate-unregistered-redirect-uri')]() {
        await refusedRequest({ redirect_uri: 'https://localhost:8499/unregistered' }, 'invalid_request');
    },
    async [name('ensure-unsigned-authorization-request-without-using-par-fails')]() {
        const { asked } = await parameters();
        const url = new URL(metadata.authorization_endpoint);
        for (const [field, value] of Object.entries(asked)) url.searchParams.set(field, value);
        const { here } = await look(url);
        assert.equal(new URL(here).searchParams.get('error'), 'invalid_request');
    },
    async [name('ensure-redirect-uri-in-authorization-request')]() {
        await refusedRequest({ redirect_uri: null }, 'invalid_request');
    },
    async [name('ensure-response-type-code-idtoken-fails')]() {
        await refusedRequest({ response_type: 'code id_token' }, 'unsupported_response_type', 'invalid_request');
    },
    async [name('ensure-response-type-token-fails')]() {
        await refusedRequest({ response_type: 'token' }, 'unsupported_response_type', 'invalid_request');
    },
    async [name('ensure-client-id-in-token-endpoint')]() {
        await refusedToken({ client_id: other.client_id }, {}, 'invalid_client', 'invalid_request', 'invalid_grant');
    },
    async [name('ensure-holder-of-key-required')]() {
        await refusedToken({}, { dpop: undefined }, 'invalid_dpop_proof', 'invalid_request', 'invalid_grant');
    },
    async [name('ensure-authorization-code-is-bound-to-client')]() {
        await refusedToken({ client_id: other.client_id }, { who: other, proves: assertion({}, { who: other }) }, 'invalid_grant');
    },
    async [name('attempt-reuse-authorization-code-after-one-second')]() {
        const { grant, dpop, tokens } = await flow();
        await pause(1);
        errors(await token(grant, { dpop }), 'invalid_grant');
        assert.equal((await resource(tokens, dpop)).status, 401);
    },
    async [name('ensure-signed-client-assertion-with-RS256-fails')]() {
        await refusedToken({}, { proves: assertion({}, { alg: 'RS256', key: await importPKCS8(client.pem, 'RS256') }) }, 'invalid_client');
    },
    async [name('ensure-client-assertion-in-token-endpoint')]() {
        await refusedToken({}, { proves: null }, 'invalid_client', 'invalid_request');
    },
    async [name('ensure-client-assertion-with-exp-is-5-minutes-in-past-fails')]() {
        await refusedToken({}, { proves: assertion({ iat: now() - 400, exp: now() - 300 }) }, 'invalid_client');
    },
    async [name('ensure-client-assertion-with-wrong-aud-fails')]() {
        await refusedToken({}, { proves: assertion({ aud: 'https://other.example' }) }, 'invalid_client');
    },
    async [name('ensure-client-assertion-with-no-sub-fails')]() {
        await refusedToken({}, { proves: assertion({ sub: undefined }) }, 'invalid_client', 'invalid_request');
    },
    async [name('dpop-negative-tests')]() {
        const strange = (await generateKeyPair('ES256')).privateKey;
        const wrong = [
            { proof: { htm: 'GET' } },
            { proof: { htu: `${demo.issuer}/elsewhere` } },
            { proof: { iat: now() - 3600 } },
            { proof: { jti: undefined } },
            { header: { typ: 'jwt' } },
            { proofKey: strange },
            { header: { jwk: undefined } },
            { header: { jwk: await exportJWK((await device()).key) } },
        ];
        for (const options of wrong) await refusedToken({}, options, 'invalid_dpop_proof');
        const { tokens, dpop } = await flow();
        for (const options of [
            { proof: { htm: 'POST' } },
            { proof: { htu: metadata.token_endpoint } },
            { proof: { ath: 'wrong' } },
            { proof: { ath: undefined } },
            { proof: { iat: now() - 3600 } },
            { header: { typ: 'jwt' } },
            { proofKey: strange },
            { bare: true },
            { scheme: 'Bearer', bare: true },
        ]) {
            assert.equal((await resource(tokens, dpop, options)).status, 401, JSON.stringify(options));
        }
        assert.equal((await resource(tokens, await device())).status, 401, 'another key');
        assert.equal((await resource(tokens, dpop)).status, 200);
    },
    async [name('refresh-token')]() {
        const { tokens, claims, dpop } = await flow({ scope: 'openid offline_access', prompt: 'consent' });
        const grant = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
        errors(await token(grant, { who: other, proves: assertion({}, { who: other }), dpop }), 'invalid_grant');
        const renewed = await token(grant, { dpop });
        assert.equal(renewed.status, 200);
        assert.notEqual(renewed.access_token, tokens.access_token);
        assert.equal((await resource(renewed, dpop)).sub, claims.sub);
    },
    async [name('par-ensure-reused-request-uri-prior-to-auth-completion-succeeds')]() {
        const { asked } = await parameters();
        const { request_uri } = await par(asked);
        assert.equal((await look(authorize(request_uri))).status, 200, 'a login page');
        assert.ok(new URL(await visit(authorize(request_uri))).searchParams.get('code'));
    },
    async [name('par-attempt-reuse-request_uri')]() {
        const { request_uri } = await authorized();
        await isErrorPage(authorize(request_uri));
    },
    async [name('par-attempt-to-use-request_uri-for-different-client')]() {
        const { asked } = await parameters();
        const { request_uri } = await par(asked);
        await isErrorPage(authorize(request_uri, { client_id: other.client_id }));
    },
    async [name('par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted')]() {
        const { asked } = await parameters();
        assert.equal((await par(asked, { proves: assertion({ iat: now() + 8, nbf: now() + 8 }) })).status, 201);
    },
    async [name('par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails')]() {
        await refusedAssertion({ iat: now() + 65, nbf: now() + 65, exp: now() + 120 });
    },
    async [name('par-authorization-request-containing-request_uri-form-param')]() {
        await refusedRequest({ request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request');
    },
    async [name('par-attempt-invalid-http-method')]() {
        const { asked } = await parameters();
        assert.equal((await par(asked, { method: 'PUT' })).status, 405);
    },
    async [name('par-ensure-pkce-required')]() {
        await refusedRequest({ code_challenge: null, code_challenge_method: null }, 'invalid_request');
    },
    async [name('ensure-pkce-code-verifier-required')]() {
        await refusedToken({ code_verifier: '' }, {}, 'invalid_request', 'invalid_grant');
    },
    async [name('incorrect-pkce-code-verifier-rejected')]() {
        await refusedToken({ code_verifier: random(32) }, {}, 'invalid_grant', 'invalid_request');
    },
    async [name('par-plain-pkce-rejected')]() {
        await refusedRequest({ code_challenge_method: 'plain' }, 'invalid_request');
    },
    async [name('par-without-duplicate-parameters')]() {
        await flow();
    },
    async [name('par-test-array-as-audience-fails')]() {
        await refusedAssertion({ aud: [metadata.issuer] });
    },
    async [name('par-test-par-endpoint-url-as-audience-fails')]() {
        await refusedAssertion({ aud: metadata.pushed_authorization_request_endpoint });
    },
    async [name('par-test-token-endpoint-url-as-audience-fails')]() {
        await refusedAssertion({ aud: metadata.token_endpoint });
    },
});

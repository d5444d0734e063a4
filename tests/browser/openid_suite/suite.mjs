// What the modules share: a client as the OpenID conformance suite registers and uses it (without PKCE, which its plans for
// OpenID Connect do not use), over npm's jose and fetch.

import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import { readFileSync } from 'node:fs';

import { SignJWT, createRemoteJWKSet, decodeJwt, exportJWK, generateKeyPair, jwtVerify } from 'jose';

import { ask, demo, done, given, look, redirect_uri, visit } from '../oauth/road.mjs';

export { assert, ask, decodeJwt, demo, given, look, redirect_uri, visit };

export const metadata = await (await fetch(`${demo.issuer}/.well-known/openid-configuration`)).json();
export const jwks = createRemoteJWKSet(new URL(metadata.jwks_uri));
export const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const random = (length = 24) => Buffer.from(crypto.getRandomValues(new Uint8Array(length))).toString('base64url');

/** A registration request with the suite's own token. */
export async function registration(wishes) {
    const headers = { authorization: `Bearer ${given.token}`, 'content-type': 'application/json' };
    const answer = await fetch(metadata.registration_endpoint, { method: 'POST', headers, body: JSON.stringify(wishes) });
    return { status: answer.status, body: await answer.json() };
}

/** Registers as the suite does: a name, contacts, keys, one response type and one way of authentication. */
export async function register(wishes = {}) {
    const pair = await generateKeyPair('RS256', { extractable: true });
    const key = { ...(await exportJWK(pair.publicKey)), kid: 'suite', use: 'sig', alg: 'RS256' };
    const usual = {
        client_name: 'A test of the suite',
        contacts: ['certification@oidf.org'],
        redirect_uris: [redirect_uri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'client_secret_basic',
        ...(wishes.jwks_uri ? {} : { jwks: { keys: [key] } }),
    };
    const { status, body } = await registration({ ...usual, ...wishes });
    assert.equal(status, 201, JSON.stringify(body));
    assert.ok(body.client_id && body.registration_access_token && body.registration_client_uri);
    return { ...body, key: pair.privateKey, kid: 'suite' };
}

/** An authorization request; `null` leaves a parameter out. */
export function request(client, more = {}) {
    const checks = { state: random(), nonce: random() };
    const all = { client_id: client.client_id, redirect_uri: client.redirect_uris[0], response_type: 'code', scope: 'openid', response_mode: given.response_mode ?? null, ...checks, ...more };
    const url = new URL(metadata.authorization_endpoint);
    for (const [name, value] of Object.entries(all)) if (value !== null) url.searchParams.set(name, value);
    return { url, ...checks, ...more };
}

/** What the answer must hold, whatever it is: the state as it went, and who sends it. */
export function check(here, asked) {
    const back = new URL(here);
    assert.equal(back.searchParams.get('state'), asked.state ?? null);
    assert.equal(back.searchParams.get('iss'), demo.issuer);
    return back.searchParams;
}

/** A client assertion. */
export function assertion(client, claims = {}, header = {}) {
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: client.client_id, sub: client.client_id, aud: metadata.issuer, iat: now, exp: now + 60, jti: random(), ...claims };
    return new SignJWT(all).setProtectedHeader({ alg: 'RS256', kid: client.kid, ...header }).sign(client.key);
}

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Calls the token endpoint as the client is registered to. */
export async function token(client, fields, more = {}) {
    const body = new URLSearchParams(fields);
    const headers = {};
    switch (client.token_endpoint_auth_method) {
        case 'client_secret_basic':
            headers.authorization = `Basic ${Buffer.from([client.client_id, client.client_secret].map(encodeURIComponent).join(':')).toString('base64')}`;
            break;
        case 'client_secret_post':
            body.set('client_id', client.client_id);
            body.set('client_secret', client.client_secret);
            break;
        default:
            body.set('client_assertion_type', ASSERTION);
            body.set('client_assertion', more.assertion ?? (await assertion(client)));
    }
    const answer = await fetch(metadata.token_endpoint, { method: 'POST', body, headers });
    assert.match(answer.headers.get('content-type'), /^application\/json/);
    return { status: answer.status, headers: answer.headers, ...(await answer.json()) };
}

export const redeem = (client, code) =>
    token(client, { grant_type: 'authorization_code', code, redirect_uri: client.redirect_uris[0] });

/** The ID token's claims, its signature checked by the key of its `kid`. */
export async function claims(client, id_token, asked, alg = client.id_token_signed_response_alg) {
    const { payload, protectedHeader } = await jwtVerify(id_token, jwks, { issuer: demo.issuer, audience: client.client_id, requiredClaims: ['sub', 'exp', 'iat'] });
    assert.equal(protectedHeader.alg, alg);
    assert.ok(protectedHeader.kid);
    assert.equal(payload.nonce, asked.nonce ?? undefined);
    return payload;
}

/** The code flow from the answer on: tokens, and who it is. */
export async function finish(client, here, asked) {
    const back = check(here, asked);
    assert.equal(back.get('error'), null, here);
    const tokens = await redeem(client, back.get('code'));
    assert.equal(tokens.status, 200, JSON.stringify(tokens));
    assert.equal(tokens.token_type.toLowerCase(), 'bearer');
    assert.ok(tokens.expires_in > 0);
    assert.equal(tokens.headers.get('cache-control'), 'no-store');
    return { ...tokens, code: back.get('code'), claims: await claims(client, tokens.id_token, asked) };
}

/** The whole flow, as a person who signs in where asked. */
export async function flow(client, more = {}) {
    const asked = request(client, more);
    return finish(client, await visit(asked.url), asked);
}

/** UserInfo, whose subject is that of the ID token. */
export async function userinfo(answer, init = { headers: { authorization: `Bearer ${answer.access_token}` } }) {
    const response = await fetch(metadata.userinfo_endpoint, init);
    assert.equal(response.status, 200);
    const told = await response.json();
    assert.equal(told.sub, answer.claims.sub);
    return told;
}

/** The answer is an error page: nobody is sent anywhere. */
export async function isErrorPage(url) {
    const page = await look(url);
    assert.deepEqual([page.status, page.here ?? null], [400, null], JSON.stringify(page));
    return page;
}

/** The error that a browser brings back at once. */
export async function error(client, more) {
    const asked = request(client, more);
    const { here, status } = await look(asked.url);
    assert.ok(here, `status ${status}`);
    return check(here, asked).get('error');
}

/** A server of the client's own, where the provider fetches from and posts to. */
export async function serve(port, handle) {
    const options = { cert: readFileSync(given.certificate), key: readFileSync(given.key) };
    const server = createServer(options, (incoming, outgoing) => {
        let body = '';
        incoming.on('data', (piece) => (body += piece));
        incoming.on('end', () => {
            const [status, answer] = handle(new URL(incoming.url, 'https://localhost'), body, incoming);
            outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
        });
    });
    await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
    return `https://localhost:${port}`;
}

/** Runs the module that was asked for. */
export async function run(modules) {
    assert.ok(modules[given.module], `no module ${given.module}`);
    await modules[given.module]();
    done();
}

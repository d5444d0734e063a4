// What the scripts of npm's openid-client share: the demonstration, the clients that they are given, and a person who
// visits addresses (tests/oidc_clients/script.rs holds the browser).
// usage: node SCRIPT.mjs demo.json GIVEN; one JSON value a line, out: {visit}, {look}, {cancel} or {device}, in: {here},
// {status, here, body} or {text}

import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

globalThis.crypto ??= webcrypto; // Node 18 has it under its module's name alone
export const openid = await import('openid-client');

export const demo = JSON.parse(readFileSync(process.argv[2]));
export const given = JSON.parse(process.argv[3]);
export const issuer = new URL(demo.issuer);
export const redirect_uri = 'http://localhost:8499/callback';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Has the person do what is told. */
export async function ask(told) {
    console.log(JSON.stringify(told));
    return JSON.parse((await lines.next()).value);
}

/** Has the person open an address, and sign in if asked: where they end at the client. */
export async function visit(url) {
    console.log(JSON.stringify({ visit: String(url) }));
    return new URL(JSON.parse((await lines.next()).value).here);
}

/** Has the person open an address that may lead nowhere: the status of the page, or where at the client they end. */
export async function look(url) {
    console.log(JSON.stringify({ look: String(url) }));
    return JSON.parse((await lines.next()).value);
}

/** Has the person open the page for devices, type a code and decide: what the page says then. */
export async function decide(device, code, decision) {
    console.log(JSON.stringify({ device: String(device), code, decision }));
    return JSON.parse((await lines.next()).value).text;
}

/** Has the person open an address, and sign in if asked: what the browser posts to the client then. */
export async function posted(url) {
    console.log(JSON.stringify({ posted: String(url) }));
    const { action, fields, policy } = JSON.parse((await lines.next()).value);
    return { action, fields: Object.fromEntries(fields), policy };
}

/** The parameters of a code flow, and what to check when it comes back. */
export async function begin(more = {}) {
    const verifier = openid.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
    const parameters = {
        redirect_uri,
        scope: 'openid profile',
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state: expectedState,
        nonce: expectedNonce,
        ...more,
    };
    return { parameters, checks: { pkceCodeVerifier: verifier, expectedState, expectedNonce, idTokenExpected: true } };
}

/** The whole code flow: its tokens. */
export async function tokens(config, more = {}, options = undefined) {
    const { parameters, checks } = await begin(more);
    const here = await visit(openid.buildAuthorizationUrl(config, parameters));
    return openid.authorizationCodeGrant(config, here, checks, undefined, options);
}

/** Ends the script: the readline keeps the process alive otherwise. */
export function done() {
    process.exit(0);
}

// The code flow by npm's openid-client, with a person who signs in by password and code.
// usage: node openid_client.mjs demo.json USERNAME CODE

import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { Browser } from './cookies.mjs';

globalThis.crypto ??= webcrypto; // Node 18 has it under its module's name alone
const openid = await import('openid-client');

const [file, username, code] = process.argv.slice(2);
const demo = JSON.parse(readFileSync(file));
const person = demo.people.find((one) => one.username === username);
const client = demo.clients[0];
const redirectUri = client.redirect_uris[0];
const isClient = (url) => url.port === '8499';

const config = await openid.discovery(new URL(demo.issuer), client.client_id, undefined, openid.ClientSecretBasic(client.client_secret));
assert.equal(config.serverMetadata().issuer, demo.issuer);
openid.enableNonRepudiationChecks(config); // check the ID token's signature, although it comes over TLS

const verifier = openid.randomPKCECodeVerifier();
const [state, nonce] = [openid.randomState(), openid.randomNonce()];
const address = openid.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile identity offline_access',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
});

// The person's part.
const browser = new Browser();
const login = await browser.open(address);
const factor = await browser.submit(login, '/password', { username, password: person.password });
const { ended } = await browser.submit(factor, '/totp', { code }, isClient);
assert.ok(ended, 'the login leads back to the client');
assert.equal(ended.searchParams.get('iss'), demo.issuer);

// A state that is not ours is refused before anything is sent.
await assert.rejects(openid.authorizationCodeGrant(config, ended, { pkceCodeVerifier: verifier, expectedState: 'another', expectedNonce: nonce }));

const tokens = await openid.authorizationCodeGrant(config, ended, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
const claims = tokens.claims();
assert.equal(claims.iss, demo.issuer);
assert.equal(claims.aud, client.client_id);
assert.equal(claims.acr, 'urn:gd:loa:3');
assert.deepEqual(claims.amr, ['pwd', 'otp', 'mfa']);
assert.ok(claims.sid && claims.auth_time && claims.at_hash);

const userinfo = await openid.fetchUserInfo(config, tokens.access_token, claims.sub);
assert.equal(userinfo.name, person.name);
assert.equal(userinfo.sub, claims.sub);

// Each refresh token is good once, and gives the next.
const second = await openid.refreshTokenGrant(config, tokens.refresh_token);
assert.notEqual(second.refresh_token, tokens.refresh_token);
assert.equal(second.claims().sub, claims.sub);
const third = await openid.refreshTokenGrant(config, second.refresh_token);

// A second use revokes everything.
await assert.rejects(openid.refreshTokenGrant(config, tokens.refresh_token), (error) => error.error === 'invalid_grant');
await assert.rejects(openid.refreshTokenGrant(config, third.refresh_token), (error) => error.error === 'invalid_grant');
await assert.rejects(openid.fetchUserInfo(config, third.access_token, claims.sub), (error) => error.status === 401);

// The session is alive: the client asks again and gets a code without a word, as the same person.
const again = openid.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    prompt: 'none',
    state,
});
const silent = (await browser.open(again, isClient)).ended;
const fourth = await openid.authorizationCodeGrant(config, silent, { pkceCodeVerifier: verifier, expectedState: state });
assert.equal(fourth.claims().sub, claims.sub);
assert.equal(fourth.claims().sid, claims.sid);

// Logout, begun by the client, ends the session and all that hangs on it.
const afterwards = redirectUri.replace('/callback', '/signed-out');
const logout = openid.buildEndSessionUrl(config, { id_token_hint: fourth.id_token, post_logout_redirect_uri: afterwards, state });
const farewell = (await browser.open(logout, isClient)).ended;
assert.equal(farewell.href, `${afterwards}?state=${state}`);
await assert.rejects(openid.fetchUserInfo(config, fourth.access_token, claims.sub), (error) => error.status === 401);
const nobody = (await browser.open(again, isClient)).ended;
assert.equal(nobody.searchParams.get('error'), 'login_required');

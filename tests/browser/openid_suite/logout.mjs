// Modules of the plans for RP-Initiated, Back-Channel and Front-Channel Logout and for Session Management, each by what it
// asserts.

import { jwtVerify } from 'jose';

import { assert, demo, error, flow, given, jwks, look, metadata, pause, redirect_uri, register, run, serve } from './suite.mjs';

const out = redirect_uri.replace('/callback', '/post_logout_redirect');
const STATE = 'x'.repeat(128);

/** Signs in, and what sends the browser to the end of it; `null` leaves a parameter out. */
async function begun(more = {}, wishes = {}) {
    const client = await register({ post_logout_redirect_uris: [out], ...wishes });
    const answer = await flow(client);
    const all = { id_token_hint: answer.id_token, post_logout_redirect_uri: out, state: STATE, ...(typeof more === 'function' ? more(answer) : more) };
    const url = new URL(metadata.end_session_endpoint);
    for (const [name, value] of Object.entries(all)) if (value !== null) url.searchParams.set(name, value);
    return { client, answer, url };
}

const isSignedOut = async (client) => assert.equal(await error(client, { prompt: 'none' }), 'login_required');
const isSignedIn = async (client) => assert.equal(await error(client, { prompt: 'none' }), null);

/** A page of the provider's own: the browser is sent nowhere. */
async function isPage(url, ...statuses) {
    const page = await look(url);
    assert.ok(statuses.includes(page.status) && !page.here, JSON.stringify(page).slice(0, 200));
    return page;
}

await run({
    async 'oidcc-rp-initiated-logout-discovery-endpoint-verification'() {
        assert.match(metadata.end_session_endpoint, /^https:\/\//);
    },
    async 'oidcc-rp-initiated-logout'() {
        const { client, url } = await begun();
        const { here } = await look(url);
        assert.deepEqual([...new URL(here).searchParams], [['state', STATE]]);
        assert.equal(here.split('?')[0], out);
        await isSignedOut(client);
    },
    async 'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri'() {
        const { client, url } = await begun({ post_logout_redirect_uri: `${out}/bad` });
        await isPage(url, 400);
        await isSignedIn(client);
    },
    async 'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri'() {
        const { client, url } = await begun({ post_logout_redirect_uri: `${out}?foo=bar` });
        await isPage(url, 400);
        await isSignedIn(client);
    },
    async 'oidcc-rp-initiated-logout-modified-id-token-hint'() {
        const { client, url } = await begun((answer) => {
            const [header, , signature] = answer.id_token.split('.');
            const changed = Buffer.from(JSON.stringify({ ...answer.claims, sub: 'somebody' })).toString('base64url');
            return { id_token_hint: `${header}.${changed}.${signature}` };
        });
        await isPage(url, 400);
        await isSignedIn(client);
    },
    async 'oidcc-rp-initiated-logout-bad-id-token-hint'() {
        const { client, url } = await begun({ id_token_hint: 'not-an-id-token' });
        await isPage(url, 400);
        await isSignedIn(client);
    },
    async 'oidcc-rp-initiated-logout-no-id-token-hint'() {
        const { client, url } = await begun({ id_token_hint: null });
        await isPage(url, 400);
        await isSignedIn(client);
    },
    async 'oidcc-rp-initiated-logout-no-params'() {
        const { client, url } = await begun({ id_token_hint: null, post_logout_redirect_uri: null, state: null });
        await isPage(url, 200);
        await isSignedIn(client);
    },
    async 'oidcc-rp-initiated-logout-no-post-logout-redirect-uri'() {
        const { client, url } = await begun({ post_logout_redirect_uri: null });
        await isPage(url, 200);
        await isSignedOut(client);
    },
    async 'oidcc-rp-initiated-logout-no-state'() {
        const { client, url } = await begun({ state: null });
        assert.equal((await look(url)).here, out);
        await isSignedOut(client);
    },
    async 'oidcc-rp-initiated-logout-only-state'() {
        const { client, url } = await begun({ id_token_hint: null, post_logout_redirect_uri: null });
        await isPage(url, 200);
        await isSignedIn(client);
    },
    async 'oidcc-backchannel-logout-discovery-endpoint-verification'() {
        assert.equal(metadata.backchannel_logout_supported, true);
        assert.equal(metadata.backchannel_logout_session_supported, true);
    },
    async 'oidcc-backchannel-rp-initiated-logout'() {
        const received = [];
        const origin = await serve(given.port, (url, body, request) => {
            received.push({ path: url.pathname, kind: request.headers['content-type'], form: new URLSearchParams(body) });
            return [200, {}];
        });
        const wishes = { backchannel_logout_uri: `${origin}/backchannel_logout`, backchannel_logout_session_required: true };
        const { client, answer, url } = await begun({}, wishes);
        assert.ok((await look(url)).here.startsWith(out));
        for (let tries = 0; !received.length && tries < 100; tries++) await pause(0.1);
        assert.equal(received.length, 1);
        const [{ path, kind, form }] = received;
        assert.deepEqual([path, kind, [...form.keys()]], ['/backchannel_logout', 'application/x-www-form-urlencoded', ['logout_token']]);
        const { payload, protectedHeader } = await jwtVerify(form.get('logout_token'), jwks, { issuer: demo.issuer, audience: client.client_id, typ: 'logout+jwt', maxTokenAge: 60 });
        assert.equal(protectedHeader.alg, client.id_token_signed_response_alg);
        assert.deepEqual(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} });
        assert.deepEqual([payload.sub, payload.sid], [answer.claims.sub, answer.claims.sid]);
        assert.ok(payload.jti && payload.iat && payload.nonce === undefined);
        await isSignedOut(client);
    },
    async 'oidcc-frontchannel-logout-discovery-endpoint-verification'() {
        assert.equal(metadata.frontchannel_logout_supported, true);
        assert.equal(metadata.frontchannel_logout_session_supported, true);
    },
    // Chromium opens the frame in `an_application_in_the_browser_sees_in_a_frame_that_the_login_is_over`.
    async 'oidcc-frontchannel-rp-initiated-logout'() {
        const frontchannel = redirect_uri.replace('/callback', '/frontchannel_logout');
        const wishes = { frontchannel_logout_uri: frontchannel, frontchannel_logout_session_required: true };
        const { client, answer, url } = await begun({}, wishes);
        const page = await isPage(url, 200);
        const text = page.body.replaceAll('&#38;', '&').replaceAll('&amp;', '&');
        const frames = [...text.matchAll(/<iframe src="([^"]+)"/g)].map(([, address]) => new URL(address));
        assert.equal(frames.length, 1);
        assert.equal(frames[0].origin + frames[0].pathname, frontchannel);
        assert.deepEqual(Object.fromEntries(frames[0].searchParams), { iss: demo.issuer, sid: answer.claims.sid });
        const [, next] = text.match(/<meta http-equiv="refresh" content="3;url=([^"]+)"/);
        assert.deepEqual([next.split('?')[0], [...new URL(next).searchParams]], [out, [['state', STATE]]]);
        await isSignedOut(client);
    },
    async 'oidcc-session-management-discovery-endpoint-verification'() {
        assert.match(metadata.check_session_iframe, /^https:\/\//);
    },
    // Chromium asks the frame in the test named above.
    async 'oidcc-session-management-rp-initiated-logout'() {
        const { client, url } = await begun();
        await look(url);
        await isSignedOut(client);
        const frame = await fetch(metadata.check_session_iframe);
        assert.match(frame.headers.get('content-security-policy'), /frame-ancestors \*/);
        assert.equal(frame.headers.get('x-frame-options'), null);
    },
});

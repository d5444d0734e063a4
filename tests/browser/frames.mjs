// Chromium at two clients of the provider: npm's oidc-client-ts watches the login in a frame (Session Management 1.0), and the
// page that signs out opens the clients' front-channel addresses in frames (Front-Channel Logout 1.0).
// usage: node frames.mjs DEMO.json TLS_CERTIFICATE TLS_KEY USERNAME CODE ; HOME is a directory of the test's own

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const [file, certificate, key, username, code] = process.argv.slice(2);
const demo = JSON.parse(readFileSync(file));
const person = demo.people.find((one) => one.username === username);
const home = process.env.HOME;
const library = join(dirname(fileURLToPath(import.meta.url)), 'node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js');

// The clients' server: an application in the browser at `/`, and the addresses that frames go to.
const framed = [];
const application = (id) => `<!doctype html><title>application</title><script src="/library.js"></script><script>
const manager = new oidc.UserManager({
    authority: ${JSON.stringify(demo.issuer)}, client_id: ${JSON.stringify(id)}, redirect_uri: location.origin + '/callback',
    silent_redirect_uri: location.origin + '/silent', post_logout_redirect_uri: location.origin + '/out', scope: 'openid profile',
    monitorSession: true, checkSessionIntervalInSeconds: 1, automaticSilentRenew: false,
    userStore: new oidc.WebStorageStateStore({ store: sessionStorage }),
});
manager.events.addUserSignedOut(() => { document.title = 'signed out'; });
(async () => {
    if (location.pathname === '/callback') {
        const user = await manager.signinCallback();
        document.title = 'signed in as ' + user.profile.sub + ' ' + user.session_state;
    } else {
        await manager.signinRedirect();
    }
})().catch((error) => { document.title = 'failed: ' + error; });
</script>`;
let application_id;
const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
    const url = new URL(request.url, 'https://localhost');
    const say = (kind, text) => response.writeHead(200, { 'content-type': kind, 'cache-control': 'no-store' }).end(text);
    if (url.pathname === '/library.js') return say('text/javascript', readFileSync(library));
    if (url.pathname === '/silent') {
        return say('text/html', `<!doctype html><script src="/library.js"></script><script>new oidc.UserManager({ authority: 'x', client_id: 'x', redirect_uri: 'x' }).signinCallback();</script>`);
    }
    if (url.pathname === '/front') {
        framed.push({ client: url.searchParams.get('client'), iss: url.searchParams.get('iss'), sid: url.searchParams.get('sid'), dest: request.headers['sec-fetch-dest'] });
        return say('text/html', '<!doctype html><title>front</title>');
    }
    if (url.pathname === '/out' || url.pathname === '/plain') return say('text/html', '<!doctype html><title>out</title>');
    return say('text/html', application(application_id));
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const origin = `https://localhost:${server.address().port}`;

async function register(metadata) {
    const answer = await fetch(`${demo.issuer}/oauth2/register`, {
        method: 'POST',
        headers: { authorization: `Bearer ${demo.initial_access_token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ post_logout_redirect_uris: [`${origin}/out`], ...metadata }),
    });
    const told = await answer.json();
    return { status: answer.status, ...told };
}
const application_ = await register({
    redirect_uris: [`${origin}/callback`, `${origin}/silent`],
    token_endpoint_auth_method: 'none',
    frontchannel_logout_uri: `${origin}/front?client=application`,
    frontchannel_logout_session_required: true,
});
assert.equal(application_.status, 201, application_.error_description);
application_id = application_.client_id;
const other = await register({ redirect_uris: [`${origin}/plain`], frontchannel_logout_uri: `${origin}/front?client=other` });
assert.equal(other.status, 201, other.error_description);
const foreign = await register({ redirect_uris: [`${origin}/plain`], frontchannel_logout_uri: 'https://elsewhere.example/front' });
assert.deepEqual([foreign.error, foreign.error_description?.split(':')[0]], ['invalid_client_metadata', 'frontchannel_logout_uri']);

const store = join(home, '.pki', 'nssdb');
mkdirSync(store, { recursive: true });
execFileSync('certutil', ['-N', '-d', `sql:${store}`, '--empty-password']);
execFileSync('certutil', ['-A', '-d', `sql:${store}`, '-n', 'demonstration', '-t', 'C,,', '-i', demo.ca_file]);
const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const context = await chromium.launchPersistentContext(join(home, 'profile'), { executablePath: '/usr/bin/chromium', args, locale: 'en', env: process.env });
context.setDefaultTimeout(20_000);
const page = context.pages()[0] ?? (await context.newPage());
page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy/.test(message.text())) assert.fail(`${page.url()}: ${message.text()}`);
});

// In at the application, which watches from then on.
await page.goto(`${origin}/`);
assert.match(await page.textContent('main'), /nobody has approved/);
await page.fill('[name=username]', username);
await page.fill('[name=password]', person.password);
await page.click('form[action$="/password"] button');
await page.fill('[name=code]', code);
await page.click('form[action$="/totp"] button');
await page.waitForFunction(() => /^(signed in|failed)/.test(document.title));
assert.match(await page.title(), /^signed in as \S+ \S+\.\S+$/);
await page.waitForTimeout(3500);
assert.match(await page.title(), /^signed in/, 'nothing has changed, and nothing is reported');

// In at another client in another tab, and out again from there: frames tell both, and the application has seen it.
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const second = await context.newPage();
const parameters = new URLSearchParams({ client_id: other.client_id, redirect_uri: `${origin}/plain`, response_type: 'code', scope: 'openid', code_challenge: challenge, code_challenge_method: 'S256', prompt: 'none' });
const refused = await second.goto(`${demo.issuer}/oauth2/authorize?${parameters}`);
assert.match(refused.url(), /error=login_required/, 'a client in the sandbox gets nothing silently');
await second.goto(`${demo.issuer}/account`);
const answers = [];
second.on('response', (answer) => answers.push(answer));
await second.click('form[action="/account/logout"] button');
await second.waitForSelector('iframe[src*="/front"]', { state: 'attached' });
const policy = answers.find((answer) => answer.url().endsWith('/account/logout')).headers()['content-security-policy'];
assert.match(policy, new RegExp(`frame-src ${origin.replaceAll('.', '\\.')};`));
await page.waitForFunction(() => document.title === 'signed out');
assert.deepEqual(framed.map(({ client, iss, dest }) => ({ client, iss, dest })), [{ client: 'application', iss: demo.issuer, dest: 'iframe' }]);
assert.ok(framed[0].sid);

// The frame answers what is malformed as such, and to whoever is signed out that all has changed.
const state = await page.evaluate(
    ([issuer, id]) =>
        new Promise((done) => {
            const frame = document.createElement('iframe');
            frame.src = `${issuer}/oauth2/check_session`;
            const heard = [];
            addEventListener('message', (event) => {
                heard.push(event.data);
                if (heard.length === 3) done(heard);
            });
            frame.onload = () => ['', 'a b c', `${id} x.y`].forEach((text) => frame.contentWindow.postMessage(text, issuer));
            document.body.append(frame);
        }),
    [demo.issuer, application_id],
);
assert.deepEqual(state.sort(), ['changed', 'error', 'error']);

await context.close();
server.close();
process.exit(0);

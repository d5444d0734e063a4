// A passkey in Chromium, with a virtual authenticator: made, used by autofill and by the button, copied, removed.
// usage: node passkey.mjs SCENARIO WHERE DEMO.json ARCHIVE.p12 ARCHIVE_PASSWORD

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { draw, open, trust } from './chromium.mjs';

const [scenario, where, file, archive, archivePassword] = process.argv.slice(2);
const demo = JSON.parse(readFileSync(file));
const account = `${demo.issuer}/account`;
const look = draw(where, scenario);

const press = async (page, selector) => {
    await page.click(selector);
    await page.waitForLoadState('load');
};
const at = (page, path) => assert.ok(page.url().startsWith(`${demo.issuer}${path}`), `${page.url()} is not ${path}`);

/** A device that holds passkeys and verifies its user at once. */
async function authenticator(context, page) {
    const devtools = await context.newCDPSession(page);
    await devtools.send('WebAuthn.enable', { enableUI: false });
    const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
    const send = (method, more = {}) => devtools.send(`WebAuthn.${method}`, { authenticatorId, ...more });
    return {
        credentials: async () => (await send('getCredentials')).credentials,
        verifies: (isUserVerified) => send('setUserVerified', { isUserVerified }),
        put: async (credential) => {
            await send('clearCredentials');
            await send('addCredential', { credential });
        },
    };
}

async function signOut(page) {
    await page.goto(account);
    await press(page, 'form[action="/account/logout"] button');
}

/** Whether the field for the name offers passkeys is the test's to say. */
const autofill = (page, offered) => page.addInitScript(`PublicKeyCredential.isConditionalMediationAvailable = async () => ${offered}`);

async function passkey() {
    const { context, page } = await open('zh-CN');
    const device = await authenticator(context, page);
    await autofill(page, false);
    await page.goto(account);
    await page.click('main a[href*="/certificate/"]');
    await page.waitForURL(account);

    await press(page, 'a[href="/account/passkeys/new"]');
    assert.ok(await page.locator('#name').isVisible() && !(await page.locator('[data-passkey-without]').isVisible()));
    await look(page, 'add');
    await page.fill('#name', '我的手机');
    await page.click('form[data-passkey] button');
    await page.waitForURL(`${account}?notice=passkey_added`);
    assert.match(await page.locator('#credentials').innerText(), /我的手机/);
    const [made] = await device.credentials();
    assert.ok(made.isResidentCredential && made.rpId === 'localhost');

    // By the button: the device makes sure who it is, and a department that asks for level 4 is content.
    await signOut(page);
    await page.goto(`${demo.halls[0].url}/items/practice`);
    at(page, '/login/');
    await look(page, 'login');
    await press(page, '#passkey button');
    await page.waitForURL(`${demo.halls[0].url}/items/practice`);

    // A person who does not prove to be there is told, and may try again.
    await signOut(page);
    await page.goto(account);
    await device.verifies(false);
    await page.click('#passkey button');
    await page.locator('#passkey [data-passkey-told="failed"]').waitFor({ state: 'visible' });
    await look(page, 'not-confirmed');
    await device.verifies(true);
    await page.click('#passkey button');
    await page.waitForURL(account);

    // By the field for the name: the browser offers the passkey without a press.
    await signOut(page);
    await autofill(page, true);
    await page.goto(account);
    await page.waitForURL(account);
    assert.match(await page.locator('#activity').innerText(), /登录 通行密钥/);

    // A copy that counts from the beginning.
    await signOut(page);
    await autofill(page, false);
    const [now] = await device.credentials();
    await device.put({ ...now, signCount: 1 });
    await page.goto(account);
    await press(page, '#passkey button');
    await page.locator('.summary').waitFor();
    assert.match(await page.locator('.summary').innerText(), /计数器/);
    await look(page, 'copied');
    await page.click('main a[href*="/certificate/"]');
    await page.waitForURL(account);
    assert.match(await page.locator('#credentials').innerText(), /已停用/);

    await press(page, 'a[href$="/remove"]');
    await look(page, 'remove');
    await press(page, 'form[action$="/remove"] button');
    at(page, '/account?notice=passkey_removed');
    assert.doesNotMatch(await page.locator('#credentials').innerText(), /我的手机/);
    await context.close();
}

/** Without scripts the page offers what works without them. */
async function plain() {
    const { context, page } = await open('zh-CN', { javaScriptEnabled: false });
    await page.goto(account);
    at(page, '/login/');
    assert.ok(!(await page.locator('#passkey').isVisible()) && await page.locator('#password').isVisible());
    await context.close();
}

trust(demo.ca_file, archive, archivePassword);
await passkey();
await plain();

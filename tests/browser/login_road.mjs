// The login road in Chromium, as a person walks it: every click counts.
// usage: node login_road.mjs SCENARIO WHERE DEMO.json ARCHIVE.p12 ARCHIVE_PASSWORD [CODE]
// HOME is a directory of the test's own, where the browser keeps its certificates. With PAGES_OUT, each page is drawn there.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { draw, open, trust } from './chromium.mjs';

const [scenario, where, file, archive, archivePassword, code] = process.argv.slice(2);
const demo = JSON.parse(readFileSync(file));
const hall = (id) => demo.halls.find((one) => one.client_id === id).url;
const [window_, city] = [hall('hall-window'), hall('hall-city')];

const look = draw(where, scenario);

let clicks = 0;
async function click(page, selector) {
    clicks += 1;
    await page.click(selector);
    await page.waitForLoadState('load');
}

const signedInAs = async (page) => (await page.locator('.session .who').count()) === 0 ? null : page.locator('.session .who').innerText();
const at = (page, address) => assert.ok(page.url().startsWith(address), `${page.url()} is not ${address}`);
const itemLink = (item) => `main a[href="/items/${item}"]`;
const certificateButton = 'main a[href*="/certificate/"]';

/** A person of Hong Kong applies at the department window, then looks in at the city's hall, then leaves. */
async function applicant() {
    const { context, page } = await open('zh-HK');
    const name = demo.people.find((one) => one.username === 'chan').name;
    await page.goto(window_);
    assert.equal(await page.getAttribute('html', 'lang'), 'zh-Hant');
    assert.equal(await signedInAs(page), null);
    await look(page, 'front');

    await click(page, itemLink('practice'));
    at(page, `${demo.issuer}/login/`);
    await look(page, 'login');
    await click(page, certificateButton);
    at(page, `${window_}/items/practice`);
    assert.ok(clicks <= 3, `${clicks} clicks`);
    assert.equal(await signedInAs(page), name);
    assert.match(await page.locator('main').innerText(), new RegExp(name));
    assert.ok(await page.locator('form[action="/items/practice"] button').isVisible());
    await look(page, 'form');

    await page.check('#purpose-first, input[name="purpose"] >> nth=0');
    await page.fill('#phone', '+852 2345 6789');
    await click(page, 'form[action="/items/practice"] button');
    at(page, `${window_}/receipts/`);
    await look(page, 'receipt');

    clicks = 0;
    await page.goto(city);
    assert.equal(await signedInAs(page), name, 'the second hall knows the person');
    assert.equal(clicks, 0);
    await look(page, 'second-hall');

    await page.goto(`${demo.issuer}/account`);
    at(page, `${demo.issuer}/account`);
    await look(page, 'account');

    await page.goto(window_);
    await click(page, 'form[action="/logout"] button');
    await look(page, 'signed-out');
    for (const one of [window_, city]) {
        await page.goto(one);
        assert.equal(await signedInAs(page), null, `${one} still knows the person`);
    }
    await page.goto(`${demo.issuer}/account`);
    at(page, `${demo.issuer}/login/`);
    await context.close();
}

/** Somebody whose certificate is good, and whom nobody knows. */
async function newcomer() {
    const { context, page } = await open('en-GB');
    await page.goto(city);
    await click(page, itemLink('rent'));
    await click(page, certificateButton);
    at(page, `${demo.issuer}/login/`);
    assert.match(page.url(), /\/welcome$/);
    assert.match(await page.locator('main').innerText(), /WONG Siu Ming/);
    await look(page, 'welcome');
    await click(page, 'form:has(input[value="new"]) button');
    at(page, `${city}/items/rent`);
    assert.equal(await signedInAs(page), 'WONG Siu Ming');
    await look(page, 'form');
    await page.goto(window_);
    assert.equal(await signedInAs(page), 'WONG Siu Ming');
    await context.close();
}

/** Password and code suffice for one item; the next needs the certificate as well. */
async function stepUp() {
    const { context, page } = await open('pt-PT');
    const person = demo.people.find((one) => one.username === 'chan');
    await page.goto(window_);
    await click(page, itemLink('title'));
    at(page, `${demo.issuer}/login/`);
    assert.equal(await page.getAttribute('html', 'lang'), 'pt');
    await page.fill('#username', person.username);
    await page.fill('#password', person.password);
    await click(page, 'form[action$="/password"] button');
    assert.match(page.url(), /\/totp$/);
    await look(page, 'code');
    await page.fill('#code', code);
    await click(page, 'form[action$="/totp"] button');
    at(page, `${window_}/items/title`);
    assert.equal(await signedInAs(page), person.name);
    await look(page, 'form-level-2');

    await page.goto(window_);
    await click(page, itemLink('practice'));
    at(page, `${demo.issuer}/login/`);
    assert.match(await page.locator('main').innerText(), new RegExp(person.name), 'the page says who is signed in');
    assert.equal(await page.locator('#password').count(), 0, 'a password does not reach level 4');
    await look(page, 'step-up');
    await click(page, certificateButton);
    at(page, `${window_}/items/practice`);
    assert.ok(await page.locator('form[action="/items/practice"] button').isVisible());
    await look(page, 'form-level-4');
    await context.close();
}

trust(demo.ca_file, archive, archivePassword);
await { applicant, newcomer, 'step-up': stepUp }[scenario]();

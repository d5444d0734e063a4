// A phone in one browser lets a screen in another in: with a script, and without.
// usage: node phone.mjs SCENARIO WHERE DEMO.json ARCHIVE.p12 ARCHIVE_PASSWORD

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { draw, open, trust } from './chromium.mjs';

const [scenario, where, file, archive, archivePassword] = process.argv.slice(2);
const demo = JSON.parse(readFileSync(file));
const account = `${demo.issuer}/account`;
const look = draw(where, scenario);

trust(demo.ca_file, archive, archivePassword);
const { context, page: phone } = await open('zh-CN', { viewport: { width: 390, height: 800 } });
await phone.goto(account);
await phone.click('main a[href*="/certificate/"]');
await phone.waitForURL(account);

/** The screen has a browser of its own, with cookies of its own. */
for (const javaScriptEnabled of [true, false]) {
    const { context: screens, page: screen } = await open('zh-CN', { profile: `screen-${javaScriptEnabled}`, javaScriptEnabled });
    await screen.goto(`${demo.halls[1].url}/items/rent`);
    await screen.click('main a[href$="/phone"]');
    assert.ok(await screen.locator('svg.qr path').count() === 1);
    const number = (await screen.locator('.phone-number').innerText()).trim();
    await look(screen, 'screen');
    const address = await screen.locator('details .number').textContent();
    assert.ok(address.startsWith(`${demo.issuer}/phone/`));

    await phone.goto(address.trim());
    assert.match(await phone.locator('main').innerText(), /Chrome · Linux/);
    await look(phone, 'phone');
    const other = javaScriptEnabled ? number : (await phone.locator('button.button-number').allInnerTexts()).find((one) => one.trim() !== number);
    if (!javaScriptEnabled) {
        // A number that is not the screen's.
        await phone.click(`button[name="number"][value="${other.trim()}"]`);
        await screen.locator('form[action$="/phone"] button').waitFor({ timeout: 15_000 });
        await look(screen, 'refused');
        await screen.click('form[action$="/phone"] button');
        const again = await screen.locator('details .number').textContent();
        await phone.goto(again.trim());
    }
    const shown = (await screen.locator('.phone-number').innerText()).trim();
    await phone.click(`button[name="number"][value="${shown}"]`);
    await look(phone, 'let-in');
    await screen.waitForURL(`${demo.halls[1].url}/items/rent`, { timeout: 15_000 });
    assert.ok(await screen.locator('form[action="/items/rent"] button').isVisible());
    await screens.close();
}
await context.close();

// The browser of the tests: Chromium with a certificate store of its own, in HOME, which is a directory of the test's own.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

const home = process.env.HOME;

/** Trusts the TLS root of the demonstration, and holds a person's certificate. */
export function trust(root, archive, password) {
    const store = join(home, '.pki', 'nssdb');
    mkdirSync(store, { recursive: true });
    const quiet = { stdio: ['ignore', 'ignore', 'inherit'] };
    execFileSync('certutil', ['-N', '-d', `sql:${store}`, '--empty-password'], quiet);
    execFileSync('certutil', ['-A', '-d', `sql:${store}`, '-n', 'demonstration', '-t', 'C,,', '-i', root], quiet);
    execFileSync('pk12util', ['-i', archive, '-d', `sql:${store}`, '-K', '', '-W', password], quiet);
}

/** Opens a browser; `more` are further options. What the Content-Security-Policy forbids, and an error of a script, fail the test. */
export async function open(locale, { profile = 'profile', ...more } = {}) {
    const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
    const options = { executablePath: '/usr/bin/chromium', args, locale, viewport: { width: 1280, height: 800 }, env: process.env, ...more };
    const context = await chromium.launchPersistentContext(join(home, profile), options);
    context.setDefaultTimeout(20_000);
    const page = context.pages()[0] ?? await context.newPage();
    page.on('pageerror', (error) => assert.fail(`script error on ${page.url()}: ${error}`));
    page.on('console', (message) => {
        // Chromium reports what the Content-Security-Policy forbade as an error of the console.
        if (message.type() === 'error' && /Content Security Policy/.test(message.text())) assert.fail(`${page.url()}: ${message.text()}`);
    });
    return { context, page };
}

/** What draws a page, where PAGES_OUT asks for it. */
export function draw(where, scenario) {
    let drawn = 0;
    return async (page, name) => {
        if (!process.env.PAGES_OUT) return;
        const path = join(process.env.PAGES_OUT, 'road', `${where}-${scenario}-${++drawn}-${name}.png`);
        await page.screenshot({ path, fullPage: true });
    };
}

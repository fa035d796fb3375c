// SPDX-License-Identifier: Apache-2.0
// The message page in a real Chromium: what it shows, axe's rules, keyboard, narrow screens, no script. The gateway and
// its messages are the caller's:
//   DLRGW_WEB_URL          http://127.0.0.1:PORT
//   DLRGW_WEB_TOKEN        of the account that owns the messages
//   DLRGW_WEB_OWN, _SENT   message ids: five segments of all kinds; one without any receipt
//   DLRGW_WEB_FOREIGN, _UNKNOWN  of another account; of nobody
//   DLRGW_WEB_SCREENSHOTS  folder
//   DLRGW_CHROMIUM         the browser
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const env = (name) => process.env[`DLRGW_WEB_${name}`];
const origin = env('URL');
const pathOf = (id) => `${origin}/portal/messages/${id}`;
const WIDE = { width: 1200, height: 900 };
const NARROW = { width: 320, height: 640 }; // 1280 at a zoom of 400 %

// A busy machine may take its time: this only ends a hang.
const patience = 180_000;  // ms

let browser;
before(async () => {
  mkdirSync(env('SCREENSHOTS'), { recursive: true });
  browser = await chromium.launch({
    executablePath: process.env.DLRGW_CHROMIUM,
    timeout: patience,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--no-proxy-server',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
});
after(() => browser?.close());

// A page of the signed-in customer; fails the test for anything that the console or the network complains about, but for
// what the test provokes.
async function open(t, id, options = {}, provoked = /^$/) {
  const context = await browser.newContext({ viewport: WIDE, ...options });
  context.setDefaultTimeout(patience);
  await context.addCookies([{ name: 'dlr_token', value: env('TOKEN'), url: origin, httpOnly: true, sameSite: 'Strict' }]);
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith('data:')) complaints.push(`asks ${request.url()}`);
  });
  page.on('requestfailed', (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  const response = await page.goto(pathOf(id));
  t.after(async () => {
    await context.close();
    // Chromium reports the 404 of the page itself as an error.
    const expected = response.status() === 200 ? provoked : /404/;
    assert.deepEqual(complaints.filter((text) => !expected.test(text)), []);
  });
  return { page, status: response.status(), html: await response.text() };
}

async function accessible(page) {
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`), []);
  assert.ok(passes.length > 10, 'axe looked at the page');
}

// Not page.waitForFunction: it evaluates text, which the page's policy forbids.
async function eventually(holds) {
  for (const until = Date.now() + 10_000; !(await holds()); ) assert.ok(Date.now() < until, `in time: ${holds}`);
}

const screenshot = (page, name) => page.screenshot({ path: join(env('SCREENSHOTS'), `${name}.png`), fullPage: true });
const cells = (page) =>
  page.locator('tbody tr').evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent.trim())));
const focused = (page) => page.evaluate(() => document.activeElement.textContent.trim().slice(0, 40));

test('an own message shows its segments', async (t) => {
  const { page, status } = await open(t, env('OWN'));
  assert.equal(status, 200);
  assert.equal(await page.title(), `Message ${env('OWN')}`);
  const rows = await cells(page);
  assert.deepEqual(rows.map((row) => row.slice(0, 3)), [
    ['1 of 5', 'DELIVERED', '000'],
    ['2 of 5', 'UNDELIVERED', '011'],
    ['3 of 5', 'UNKNOWN', 'none'],
    ['4 of 5', 'DELIVERED', 'none'],
    ['5 of 5', 'PENDING', 'none'],
  ]);
  assert.match(rows[0][3], /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
  assert.deepEqual(rows.map((row) => row[4]), ['no', 'no', 'no', 'after the message was decided', 'no']);
  assert.equal(rows[4][3], 'not yet');
  assert.match(await page.locator('dl.facts').textContent(), /PARTIAL[\s\S]*yes[\s\S]*3 of 5/);
  // As assistive technology sees it.
  await page.getByRole('table', { name: 'Segments of this message' }).waitFor();
  assert.equal(await page.getByRole('columnheader').count(), 5);
  assert.equal(await page.getByRole('rowheader').count(), 5);
  assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
  await screenshot(page, 'own_message');
});

for (const [which, colorScheme, size] of [
  ['OWN', 'light', 'wide'], ['OWN', 'light', 'narrow'], ['OWN', 'dark', 'wide'], ['OWN', 'dark', 'narrow'],
  ['SENT', 'light', 'wide'], ['FOREIGN', 'light', 'narrow'], ['FOREIGN', 'dark', 'wide'],
])
  test(`axe finds nothing: ${which.toLowerCase()}, ${colorScheme}, ${size}`, async (t) => {
    const { page } = await open(t, env(which), { colorScheme, viewport: size === 'wide' ? WIDE : NARROW });
    await accessible(page);
    await screenshot(page, `${which.toLowerCase()}_${colorScheme}_${size}`);
  });

test('a foreign message is the page of one that does not exist', async (t) => {
  const foreign = await open(t, env('FOREIGN'));
  const unknown = await open(t, env('UNKNOWN'));
  assert.equal(foreign.status, 404);
  assert.equal(unknown.status, 404);
  assert.equal(foreign.html, unknown.html);
  assert.equal(await foreign.page.getByRole('heading', { level: 1 }).textContent(), 'No such message');
  assert.equal(await foreign.page.locator('table').count(), 0);
  assert.ok(!foreign.html.includes(env('FOREIGN')));
  await screenshot(foreign.page, 'foreign_message');
});

test('the keyboard reaches everything in the order of reading', async (t) => {
  const { page } = await open(t, env('OWN'), { viewport: NARROW });
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'Skip to the content');
  const skip = await page.locator('.skip').boundingBox();
  assert.ok(skip.x >= 0 && skip.y >= 0, 'what has the focus is seen');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'content');
  await page.keyboard.press('Tab');
  const region = page.getByRole('region', { name: 'Segments of this message' });
  assert.ok(await region.evaluate((element) => element === document.activeElement));
  assert.notEqual(await region.evaluate((element) => getComputedStyle(element).outlineStyle), 'none');
  await page.keyboard.press('ArrowRight');
  await eventually(() => region.evaluate((element) => element.scrollLeft > 0));
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'Load it again');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.equal(page.url(), pathOf(env('OWN')));
  assert.equal((await cells(page)).length, 5);
});

test('a narrow screen scrolls the table, not the page', async (t) => {
  const { page } = await open(t, env('OWN'), { viewport: NARROW });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  assert.ok(await page.locator('.wide').evaluate((element) => element.scrollWidth > element.clientWidth));
});

test('without script and without style everything is there', async (t) => {
  const plain = await open(t, env('OWN'), { javaScriptEnabled: false });
  assert.equal(await plain.page.locator('tbody tr').count(), 5);
  assert.match(await plain.page.locator('tbody').innerText(), /UNDELIVERED/);
  assert.equal(await plain.page.locator('script').count(), 0);
  const { page } = await open(t, env('OWN'));
  await page.evaluate(() => document.querySelector('link[rel=stylesheet]').remove());
  assert.ok(await page.locator('tbody').isVisible());
  await screenshot(page, 'own_without_style');
});

test('a script that got into the page would not run', async (t) => {
  const { page } = await open(t, env('SENT'), {}, /Executing inline script violates/);
  const ran = await page.evaluate(async () => {
    const blocked = new Promise((resolve) => document.addEventListener('securitypolicyviolation', resolve, { once: true }));
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    document.body.append(script);
    await blocked;
    return window.ran === true;
  });
  assert.equal(ran, false);
});

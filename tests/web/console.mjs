// SPDX-License-Identifier: Apache-2.0
// The console of the admin listener in a real Chromium: what it shows, axe's rules, and the switches under traffic. The
// gateway, its receipts and the traffic are the caller's:
//   DLRGW_WEB_URL          http://127.0.0.1:PORT of the admin listener
//   DLRGW_WEB_TOKEN        of an administrator
//   DLRGW_WEB_MESSAGE      id of the message of the quarantined receipt
//   DLRGW_WEB_ORPHAN, _STALE  operator message ids of an orphan whose message is there by now, and of a quarantined receipt
//   DLRGW_WEB_OPERATOR     operator with ten receipts: two late, one orphan, three of status UNKNOWN
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

async function newContext(options = {}) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(patience);
  return context;
}

async function open(t, options = {}) {
  const context = await newContext({ viewport: { width: 1280, height: 900 }, ...options });
  await context.addCookies([{ name: 'dlr_token', value: env('TOKEN'), url: origin, httpOnly: true, sameSite: 'Strict' }]);
  const page = await context.newPage();
  const complaints = [];
  const questions = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => request.url().startsWith(`${origin}/`) || request.url().startsWith('data:') || complaints.push(request.url()));
  page.on('dialog', (dialog) => { questions.push(dialog.message()); dialog.accept(); });
  t.after(async () => { await context.close(); assert.deepEqual(complaints, []); });
  const response = await page.goto(`${origin}/`);
  assert.equal(response.status(), 200);
  await page.locator('#stages tr').first().waitFor();
  return { page, questions, complaints };
}

async function accessible(page) {
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`), []);
  assert.ok(passes.length > 10, 'axe looked at the page');
}

const stage = (page, name) => page.locator('#stages tr', { has: page.getByRole('rowheader', { name, exact: true }) });

test('a stage is switched off and on again under traffic, after a question', async (t) => {
  const { page, questions } = await open(t);
  const row = stage(page, 'dedup.fingerprint');
  await page.locator('#rate').filter({ hasText: /[1-9]/ }).waitFor();
  await row.getByRole('button', { name: 'Disable' }).click();
  await row.getByText('off', { exact: true }).waitFor();
  assert.match(questions[0], /Disable stage dedup\.fingerprint/);
  await page.screenshot({ path: join(env('SCREENSHOTS'), 'console-stage-off.png'), fullPage: true });
  await row.getByRole('button', { name: 'Enable' }).click();
  await row.getByText('on', { exact: true }).waitFor();
  assert.equal(await stage(page, 'outbox').getByRole('button').count(), 0, 'an essential stage has no switch');
  await page.getByRole('button', { name: 'Reload the configuration' }).click();
  await page.locator('#reload', { hasText: 'ok' }).waitFor();
});

test('shows the pipeline, and stays accessible in light and dark, wide and narrow', async (t) => {
  for (const [name, options] of Object.entries({
    light: {}, dark: { colorScheme: 'dark' }, narrow: { viewport: { width: 320, height: 800 } } })) {
    const { page } = await open(t, options);
    await page.locator('#jobs tr').first().waitFor();
    assert.deepEqual(await page.locator('#stages th').allTextContents(),
      ['normalise', 'dedup.fingerprint', 'correlate', 'dedup.replay', 'segments', 'outbox']);
    assert.match(await page.locator('#plugins').innerText(), /correlate\s+\d/);
    assert.match(await page.locator('#lanes').innerText(), /^\d+ of 10$/);
    await page.locator('[data-part="ready"] dt', { hasText: /^postgresql$/ }).waitFor();
    await page.locator('#version').filter({ hasText: /^\d+[.]\d+/ }).waitFor();
    await accessible(page);
    await page.screenshot({ path: join(env('SCREENSHOTS'), `console-${name}.png`), fullPage: true });
  }
});

test('operators are told with their shares of late, orphan and unknown receipts', async (t) => {
  const { page } = await open(t);
  const row = page.locator('#operators tr', { has: page.getByRole('rowheader', { name: env('OPERATOR'), exact: true }) });
  await row.waitFor();
  assert.deepEqual(await row.locator('td').allTextContents(), ['10', '2 (20 %)', '1 (10 %)', '3 (30 %)']);
  await page.locator('[data-part="operators"]').filter({ hasText: 'since this gateway began' }).waitFor();
  await accessible(page);
  await page.locator('[data-part="operators"]').screenshot({ path: join(env('SCREENSHOTS'), 'console-operators.png') });
});

test('an orphan is looked for again, a quarantined receipt is released', async (t) => {
  const { page } = await open(t);
  await page.getByRole('button', { name: `Retry receipt ${env('ORPHAN')}` }).click();
  await page.locator('#done', { hasText: 'Done: applied' }).waitFor();
  const release = page.getByRole('button', { name: `Release receipt ${env('STALE')}` });
  await release.click();
  await release.waitFor({ state: 'detached' });  // decided once
  await page.locator('#quarantine tr', { hasText: env('STALE') }).waitFor();
});

test('the last hour is drawn, minute by minute', async (t) => {
  const { page } = await open(t);
  // The job runs each minute by itself too; a run that is asked for while it runs is refused.
  while (await page.locator('[data-part="hour"] svg').count() < 2) {
    await page.request.post(`${origin}/v1/admin/jobs/admin-http.console/run`,
      { headers: { Authorization: `Bearer ${env('TOKEN')}` }, data: {} });
    await page.waitForResponse('**/console/live');
  }
  await page.locator('figcaption', { hasText: /^Receipts per second: [\d.]+ lately/ }).waitFor();
  await accessible(page);
  await page.screenshot({ path: join(env('SCREENSHOTS'), 'console-hour.png'), fullPage: true });
});

test('a message is found by its id, and by the operator and its id', async (t) => {
  for (const [name, options] of Object.entries({ wide: {}, narrow: { viewport: { width: 390, height: 800 }, colorScheme: 'dark' } })) {
    const { page } = await open(t, options);
    await page.getByLabel('Message id').fill(env('MESSAGE'));
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('heading', { level: 1, name: env('MESSAGE') }).waitFor();
    await page.getByRole('cell', { name: 'quarantined', exact: true }).waitFor();
    assert.match(await page.locator('time').first().innerText(), /Z \(.+\)$/, 'UTC, and the local time');
    await accessible(page);
    await page.screenshot({ path: join(env('SCREENSHOTS'), `console-message-${name}.png`), fullPage: true });
    await page.getByLabel('Message id').fill(env('STALE'));
    await page.getByLabel('Operator', { exact: true }).fill('mno-test');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('link', { name: env('MESSAGE') }).first().waitFor();
    await page.getByLabel('Message id').fill('no such <id>');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('alert').filter({ hasText: 'needs the operator' }).waitFor();
    await accessible(page);
  }
});

test('a part that is away says so beside the others, and comes back', async (t) => {
  const { page, complaints } = await open(t);
  await page.locator('#state', { hasText: 'Refreshed' }).waitFor();
  await page.route('**/console/orphans', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"detail":"PostgreSQL is away"}' }));
  await page.locator('[data-part="orphans"]', { hasText: 'Not known now: PostgreSQL is away' }).waitFor();
  await page.locator('#state', { hasText: 'Refreshed' }).waitFor();
  await page.unroute('**/console/orphans');
  await page.locator('#orphans tr').first().waitFor();
  assert.ok(complaints.splice(0).every((complaint) => complaint.includes('503')), 'the browser tells of nothing else');
});

test('without a script it shows what is now, and where the lists are', async (t) => {
  const context = await newContext({ javaScriptEnabled: false });
  t.after(() => context.close());
  await context.addCookies([{ name: 'dlr_token', value: env('TOKEN'), url: origin, httpOnly: true, sameSite: 'Strict' }]);
  const page = await context.newPage();
  assert.equal((await page.goto(`${origin}/`)).status(), 200);
  assert.deepEqual(await page.locator('#stages th').allTextContents(),
    ['normalise', 'dedup.fingerprint', 'correlate', 'dedup.replay', 'segments', 'outbox']);
  assert.match(await page.locator('#lanes').innerText(), /^\d+ of 10$/);
  assert.match(await page.locator('#plugins').innerText(), /correlate\s+\d/);
  assert.ok(await page.locator('#jobs tr').count() > 3);
  await page.screenshot({ path: join(env('SCREENSHOTS'), 'console-without-script.png'), fullPage: true });
  await page.getByRole('link', { name: 'belong to no message' }).click();
  await page.locator('#orphans tr', { hasText: env('ORPHAN') }).waitFor();
});

test('without a token there is nothing but the way to log in', async (t) => {
  const context = await newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${origin}/`);
  assert.equal(new URL(page.url()).pathname, '/login');
  await accessible(page);
  await page.getByLabel('Token').fill('no.such.token');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').filter({ hasText: 'no token that this gateway accepts' }).waitFor();
  await page.getByLabel('Token').fill(env('TOKEN'));
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.locator('#stages tr').first().waitFor();
  assert.equal(new URL(page.url()).pathname, '/');
});

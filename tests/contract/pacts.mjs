// SPDX-License-Identifier: Apache-2.0
// The pact files that the consumers' code asks for, against those that are committed.
//   node pacts.mjs write   writes them anew into pacts/
//   node pacts.mjs check   fails when they differ
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { write as billing } from './consumers/billing-service.mjs';
import { write as portal } from './consumers/customer-portal.mjs';
import { write as webhook } from './consumers/webhook-dispatcher.mjs';

const committed = new URL('pacts/', import.meta.url).pathname;

// Without the versions of the tools that wrote it.
function stable(text) {
  const pact = JSON.parse(text);
  pact.metadata = { pactSpecification: pact.metadata.pactSpecification };
  return JSON.stringify(pact, null, 2) + '\n';
}

const dir = mkdtempSync(join(tmpdir(), 'dlrgw-pacts-'));
await billing(dir);
await webhook(dir);
await portal(dir);
const fresh = Object.fromEntries(readdirSync(dir).map((name) => [name, stable(readFileSync(join(dir, name), 'utf8'))]));
rmSync(dir, { recursive: true });

if (process.argv[2] === 'write') {
  for (const [name, text] of Object.entries(fresh)) writeFileSync(join(committed, name), text);
} else {
  const old = readdirSync(committed);
  const wrong = Object.keys(fresh).filter((name) => !old.includes(name) || readFileSync(join(committed, name), 'utf8') !== fresh[name]);
  const gone = old.filter((name) => !(name in fresh));
  for (const name of [...wrong, ...gone]) console.error(`pacts/${name} is not what its consumer asks for; run: node pacts.mjs write`);
  console.log(`${Object.keys(fresh).length} pacts`);
  process.exit(wrong.length + gone.length === 0 ? 0 : 1);
}

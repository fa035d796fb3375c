// SPDX-License-Identifier: Apache-2.0
// The consumers' pacts against events that the gateway really produced.
//   node verify_pacts.mjs EVENTS.jsonl           every pact is honoured
//   node verify_pacts.mjs EVENTS.jsonl --wrong   with wrong payloads every pact is broken, for each way to be wrong
import { readdirSync, readFileSync } from 'node:fs';
import { MessageProviderPact } from '@pact-foundation/pact';
import { readEvents } from './events.mjs';

const SUBJECT = { 'billing-service': 'billing.events', 'webhook-dispatcher': 'webhook.dispatch' };
const dir = new URL('pacts/', import.meta.url).pathname;
const [eventFile, mode] = process.argv.slice(2);
const events = readEvents(eventFile);

// Of a message several webhooks tell; the pact means the last one, which carries what the state says.
function produced(subject, state, spoil) {
  const found = events.findLast((e) => e.subject === subject && e.state === state);
  if (!found) throw new Error(`the gateway produced no ${subject} when ${state}`);
  return {
    __pactMessageMetadata: { ...found.headers, ...spoil.headers, contentType: 'application/json' },
    message: spoil.event(structuredClone(found.event)),
  };
}

async function verify(file, spoil) {
  const pact = JSON.parse(readFileSync(dir + file, 'utf8'));
  const subject = SUBJECT[pact.consumer.name];
  const provider = new MessageProviderPact({
    provider: 'dlr-gateway',
    pactUrls: [dir + file],
    messageProviders: Object.fromEntries(
      pact.messages.map((m) => [m.description, async () => produced(subject, m.providerStates[0].name, spoil)]),
    ),
    stateHandlers: Object.fromEntries(pact.messages.map((m) => [m.providerStates[0].name, async () => {}])),
    logLevel: mode === '--wrong' ? 'error' : 'warn',
  });
  await provider.verify();
  return pact.messages.length;
}

// The pacts of messages; verify_portal.mjs has the other.
const files = readdirSync(dir).filter((file) => 'messages' in JSON.parse(readFileSync(dir + file, 'utf8')));
if (mode !== '--wrong') {
  for (const file of files) console.log(`${file}: ${await verify(file, { headers: {}, event: (e) => e })} messages are honoured`);
} else {
  const wrongs = {
    'accountId missing': { headers: {}, event: ({ accountId, ...rest }) => rest },
    'dlrStatus renamed': { headers: {}, event: ({ dlrStatus, ...rest }) => ({ ...rest, status: dlrStatus }) },
    'dlrStatus of another vocabulary': { headers: {}, event: (e) => ({ ...e, dlrStatus: 'DELIVRD' }) },
    'occurredAt in microseconds': { headers: {}, event: (e) => ({ ...e, occurredAt: e.occurredAt.replace('Z', '000Z') }) },
    'numbers as texts': {
      headers: {},
      event: (e) => Object.fromEntries(Object.entries(e).map(([k, v]) => [k, typeof v === 'number' ? String(v) : v])),
    },
    'another schema': { headers: { 'Dlr-Schema': 'billing.events/2' }, event: (e) => e },
  };
  let passed = 0;
  for (const [what, spoil] of Object.entries(wrongs))
    for (const file of files) {
      const broken = await verify(file, spoil).then(() => false, () => true);
      console.log(`${file}, ${what}: ${broken ? 'refused' : 'PASSES'}`);
      if (!broken) passed += 1;
    }
  process.exit(passed === 0 ? 0 : 1);
}

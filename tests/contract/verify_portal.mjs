// SPDX-License-Identifier: Apache-2.0
// The pact of the customer portal against a running gateway, whose messages the caller has made.
//   DLRGW_PORTAL_TOKEN=… node verify_portal.mjs ORIGIN           it is honoured
//   DLRGW_PORTAL_TOKEN=… node verify_portal.mjs ORIGIN --wrong   with wrong answers it is broken, for each way to be wrong
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { Verifier } from '@pact-foundation/pact';
import { CONSUMER } from './consumers/customer-portal.mjs';

const [origin, mode] = process.argv.slice(2);
const file = new URL(`pacts/${CONSUMER}-dlr-gateway.json`, import.meta.url).pathname;
const pact = JSON.parse(readFileSync(file, 'utf8'));

const verify = (providerBaseUrl) =>
  new Verifier({
    provider: 'dlr-gateway',
    providerBaseUrl,
    pactUrls: [file],
    stateHandlers: Object.fromEntries(pact.interactions.map((i) => [i.providerStates[0].name, async () => {}])),
    // The pact's token is an example.
    requestFilter: (request, _, next) => {
      if (request.headers.authorization) request.headers.authorization = `Bearer ${process.env.DLRGW_PORTAL_TOKEN}`;
      next();
    },
    logLevel: mode === '--wrong' ? 'error' : 'warn',
  }).verifyProvider();

// Stands between the verifier and the gateway and spoils what the gateway answers.
async function spoiling(spoil) {
  const server = createServer(async (request, response) => {
    const { authorization } = request.headers;
    const answer = await fetch(origin + request.url, { headers: authorization ? { authorization } : {} });
    const { status, body } = spoil({ status: answer.status, body: await answer.json() });
    response.writeHead(status, { 'Content-Type': answer.headers.get('content-type') }).end(JSON.stringify(body));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}
const each = (change) => ({ status, body }) => ({ status, body: Array.isArray(body) ? body.map(change) : body });

if (mode !== '--wrong') {
  await verify(origin);
  console.log(`${pact.interactions.length} answers are honoured`);
} else {
  const wrongs = {
    'status renamed': each(({ status, ...rest }) => ({ ...rest, dlrStatus: status })),
    'status of another vocabulary': each((s) => ({ ...s, status: s.status.toLowerCase() })),
    'late missing': each(({ late, ...rest }) => rest),
    'numbers as texts': each((s) => ({ ...s, segmentIndex: String(s.segmentIndex) })),
    'a time without milliseconds': each((s) => ({ ...s, receivedAt: s.receivedAt?.replace(/\.\d+/, '') ?? null })),
    'silent segments left out': ({ status, body }) => ({ status, body: Array.isArray(body) ? body.filter((s) => s.status !== 'PENDING') : body }),
    'an object around the array': ({ status, body }) => ({ status, body: Array.isArray(body) ? { segments: body } : body }),
    'foreign messages shown': ({ status, body }) => (status === 404 ? { status: 200, body: [] } : { status, body }),
    'foreign messages told apart': ({ status, body }) => ({ status: status === 404 ? 403 : status, body }),
  };
  let passed = 0;
  for (const [what, spoil] of Object.entries(wrongs)) {
    const server = await spoiling(spoil);
    const broken = await verify(`http://127.0.0.1:${server.address().port}`).then(() => false, () => true);
    server.close();
    console.log(`${what}: ${broken ? 'refused' : 'PASSES'}`);
    if (!broken) passed += 1;
  }
  process.exit(passed === 0 ? 0 : 1);
}

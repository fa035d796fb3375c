// SPDX-License-Identifier: Apache-2.0
// Every captured event against the schema of its subject, and every schema against events that were spoilt: one that
// lets a missing, surplus or wrongly typed field pass says nothing.
//   node check_schemas.mjs SCHEMAS EVENTS.jsonl [INBOUND.jsonl]
// INBOUND holds receipts {name, payload, valid}: what the gateway took and what it refused.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readEvents } from './events.mjs';

const SUFFIX = '.schema.json';
const [schemaDir, eventFile, inboundFile] = process.argv.slice(2);
// strictRequired and strictTypes ask conditions to repeat what stands outside of them.
const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allErrors: true });
addFormats(ajv);

const schemas = new Map();
for (const name of readdirSync(schemaDir).filter((file) => file.endsWith(SUFFIX))) {
  const schema = JSON.parse(readFileSync(join(schemaDir, name), 'utf8'));
  schemas.set(name.slice(0, -SUFFIX.length), { title: schema.title, valid: ajv.compile(schema) });
}

let failures = 0;
function fail(what, errors) {
  failures += 1;
  if (failures <= 20) console.error(what, errors ? ajv.errorsText(errors) : '');
}

// Copies of the value with one thing wrong; where: path for messages.
function* spoilt(value, where = '') {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries())
      for (const { path, copy } of spoilt(item, `${where}[${i}]`)) yield { path, copy: replaced(value, i, copy) };
    return;
  }
  if (value === null || typeof value !== 'object') return;
  yield { path: `${where}: a surplus field`, copy: { ...value, surplus: 1 } };
  for (const key of Object.keys(value)) {
    const { [key]: gone, ...rest } = value;
    yield { path: `${where}.${key} missing`, copy: rest };
    yield { path: `${where}.${key} of a wrong type`, copy: { ...value, [key]: { wrong: true } } };
    if (typeof gone === 'string') yield { path: `${where}.${key} empty`, copy: { ...value, [key]: '' } };
    if (typeof gone === 'number') yield { path: `${where}.${key} negative`, copy: { ...value, [key]: -1 } };
    for (const { path, copy } of spoilt(gone, `${where}.${key}`)) yield { path, copy: { ...value, [key]: copy } };
  }
}
const replaced = (list, i, item) => [...list.slice(0, i), item, ...list.slice(i + 1)];

const seen = new Map();
let refused = 0;
for (const { subject, headers, event } of readEvents(eventFile)) {
  const schema = schemas.get(subject);
  if (!schema) {
    fail(`${subject}: has no schema`);
    continue;
  }
  seen.set(subject, (seen.get(subject) ?? 0) + 1);
  if (!schema.valid(event)) fail(`${subject} ${JSON.stringify(event)}`, schema.valid.errors);
  if (headers['Dlr-Schema'] !== schema.title) fail(`${subject}: header Dlr-Schema is ${headers['Dlr-Schema']}`);
  if (headers['Nats-Msg-Id'] !== event.eventId) fail(`${subject}: header Nats-Msg-Id is not the eventId`);
  if (seen.get(subject) > 20) continue; // enough to spoil
  for (const { path, copy } of spoilt(event)) {
    refused += 1;
    if (schema.valid(copy)) fail(`${subject}${path}: passes`);
  }
}
for (const subject of schemas.keys())
  if (subject !== 'sms.dlr.inbound' && !seen.has(subject)) fail(`${subject}: the gateway produced none`);

let inbound = 0;
if (inboundFile) {
  const schema = schemas.get('sms.dlr.inbound');
  for (const line of readFileSync(inboundFile, 'utf8').split('\n').filter((text) => text !== '')) {
    const { name, payload, valid } = JSON.parse(line);
    inbound += 1;
    if (schema.valid(JSON.parse(payload)) !== valid) fail(`sms.dlr.inbound: ${name}: the gateway says ${valid}`, schema.valid.errors);
  }
}

console.log([...seen].map(([subject, count]) => `${subject} ${count}`).join(', '));
console.log(`${refused} spoilt events, ${inbound} inbound receipts, ${failures} failures`);
process.exit(failures === 0 ? 0 : 1);

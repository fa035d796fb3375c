// SPDX-License-Identifier: Apache-2.0
// The documents of the interfaces are what they say: OpenAPI 3.1 and AsyncAPI 3.0, and so are the examples in them. The
// validators find a mistake in a copy, or their word would say nothing.
//   node check_documents.mjs config/api
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Parser } from '@asyncapi/parser';
import { Validator } from '@seriousme/openapi-schema-validator';

const ERROR = 0; // severity of a diagnostic
const folder = process.argv[2];
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

async function openapiErrors(document) {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(document);
  assert.equal(valid ? validator.version : '3.1', '3.1');
  return valid ? [] : [errors].flat();
}

async function asyncapiErrors(document) {
  const { diagnostics } = await new Parser().parse(JSON.stringify(document));
  return diagnostics.filter(({ severity }) => severity === ERROR).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

// Every `$ref` of a document, and whether it leads to something.
function* refs(value, document) {
  if (value === null || typeof value !== 'object') return;
  if (typeof value.$ref === 'string') {
    const steps = value.$ref.replace(/^#\//, '').split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    yield { ref: value.$ref, found: value.$ref.startsWith('#/') && steps.reduce((at, step) => at?.[step], document) !== undefined };
  }
  for (const inner of Object.values(value)) yield* refs(inner, document);
}

test('openapi.json is OpenAPI 3.1', async () => {
  const document = read('openapi.json');
  assert.deepEqual(await openapiErrors(document), []);
  assert.deepEqual([...refs(document, document)].filter(({ found }) => !found), []);
});

test('asyncapi.json is AsyncAPI 3.0', async () => {
  const document = read('asyncapi.json');
  assert.equal(document.asyncapi, '3.0.0');
  assert.deepEqual(await asyncapiErrors(document), []);
  assert.deepEqual([...refs(document, document)].filter(({ found }) => !found), []);
});

test('a mistake is found', async () => {
  const openapi = read('openapi.json');
  const [path] = Object.keys(openapi.paths);
  delete openapi.info.version;
  assert.notDeepEqual(await openapiErrors(openapi), []);
  const again = read('openapi.json');
  again.paths[path].get.responses = { 200: { content: {} } }; // without its description
  assert.notDeepEqual(await openapiErrors(again), []);
  const asyncapi = read('asyncapi.json');
  const [channel] = Object.keys(asyncapi.channels);
  asyncapi.channels[channel].messages[channel].$ref = '#/components/messages/none';
  assert.notDeepEqual(await asyncapiErrors(asyncapi), []);
});

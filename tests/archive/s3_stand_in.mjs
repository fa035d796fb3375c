// SPDX-License-Identifier: Apache-2.0
// A store for tests: keeps objects and the lifecycle document of one bucket in memory, and takes a request only when
// AWS's own signer computes the same signature for it. Misbehaves on request. Prints its port when it listens.
//
//   GET  /-/objects                names, sizes            POST /-/mode   {"mode": "ok|refuse|broken|silent|…"}
//   GET  /-/object?key=…           bytes                   GET  /-/requests   "PUT orphans/… 200", one per line
//   GET  /-/lifecycle              document
import crypto from 'node:crypto';
import http from 'node:http';
import sha256 from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

const BUCKET = process.env.S3_BUCKET;
const KEY_ID = process.env.S3_KEY_ID;
const SECRET = process.env.S3_SECRET;
const MAX_SKEW_MS = 900e3;

const objects = new Map();
const requests = [];
let lifecycle = '';
let mode = 'ok';

class Refusal extends Error {
  constructor(status, code) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

const hash = (algorithm, data, encoding) => crypto.createHash(algorithm).update(data).digest(encoding);

async function checkSignature(request, url, body) {
  const pattern = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const match = pattern.exec(request.headers.authorization ?? '');
  if (!match) throw new Refusal(403, 'AccessDenied');
  const [, keyId, , region, names, signature] = match;
  if (keyId !== KEY_ID) throw new Refusal(403, 'InvalidAccessKeyId');
  const payloadHash = request.headers['x-amz-content-sha256'];
  if (payloadHash !== hash('sha256', body, 'hex')) throw new Refusal(400, 'XAmzContentSHA256Mismatch');
  const signed = names.split(';');
  for (const name of ['host', 'x-amz-date', 'x-amz-content-sha256'])
    if (!signed.includes(name)) throw new Refusal(403, 'AccessDenied');
  const date = new Date((request.headers['x-amz-date'] ?? '').replace(
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(Date.now() - date) < MAX_SKEW_MS)) throw new Refusal(403, 'RequestTimeTooSkewed');
  const signer = new SignatureV4({
    credentials: { accessKeyId: KEY_ID, secretAccessKey: SECRET }, region, service: 's3', sha256: sha256.Sha256,
    uriEscapePath: false, applyChecksum: false,
  });
  const wanted = await signer.sign({
    method: request.method, protocol: 'http:', hostname: url.hostname, path: url.pathname,
    query: Object.fromEntries(url.searchParams), body: '',
    headers: Object.fromEntries(signed.map((name) => [name, request.headers[name]])),
  }, { signingDate: date, signableHeaders: new Set(signed), unsignableHeaders: new Set() });
  if (!wanted.headers.authorization.endsWith(`Signature=${signature}`)) throw new Refusal(403, 'SignatureDoesNotMatch');
}

function lifecycleCall(request, body) {
  if (request.method === 'GET') {
    if (!lifecycle) throw new Refusal(404, 'NoSuchLifecycleConfiguration');
    return lifecycle;
  }
  if (request.headers['content-md5'] !== hash('md5', body, 'base64')) throw new Refusal(400, 'InvalidDigest');
  lifecycle = body.toString();
  return '';
}

function objectCall(request, key, body) {
  if (request.method === 'PUT') {
    if (mode === 'refuse') throw new Refusal(403, 'AccessDenied');
    if (mode !== 'lose') objects.set(key, body);
    return '';
  }
  const object = objects.get(key);
  if (request.method !== 'GET' || !object) throw new Refusal(404, 'NoSuchKey');
  if (mode === 'corrupt') {
    const damaged = Buffer.from(object);
    damaged[damaged.length >> 1] ^= 1;
    return damaged;
  }
  return mode === 'truncate' ? object.subarray(0, object.length >> 1) : object;
}

async function answer(request, url, body) {
  if (mode === 'broken') throw new Refusal(503, 'SlowDown');
  await checkSignature(request, url, body);
  const [, bucket, ...rest] = url.pathname.split('/');
  if (bucket !== BUCKET || mode === 'no_bucket') throw new Refusal(404, 'NoSuchBucket');
  if (url.searchParams.has('lifecycle')) return lifecycleCall(request, body);
  return objectCall(request, decodeURIComponent(rest.join('/')), body);
}

function control(url, body) {
  switch (url.pathname) {
    case '/-/objects': return [...objects].map(([key, value]) => `${key} ${value.length}`).sort().join('\n');
    case '/-/object': return objects.get(url.searchParams.get('key')) ?? '';
    case '/-/lifecycle': return lifecycle;
    case '/-/requests': return requests.join('\n');
    case '/-/mode': mode = body.toString(); return '';
    default: return '';
  }
}

const server = http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', async () => {
    const body = Buffer.concat(parts);
    const url = new URL(request.url, `http://${request.headers.host}`);
    if (url.pathname.startsWith('/-/')) return response.end(control(url, body));
    const note = `${request.method} ${url.pathname.split('/').slice(2).join('/')}${url.search}`;
    if (mode === 'silent') return requests.push(`${note} -`);
    let status = 200;
    let text;
    try {
      text = await answer(request, url, body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      status = error.status;
      text = `<?xml version="1.0"?><Error><Code>${error.code}</Code><Message>${error.code}</Message></Error>`;
    }
    requests.push(`${note} ${status}`);
    response.writeHead(status, { 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));

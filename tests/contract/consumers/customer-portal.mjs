// SPDX-License-Identifier: Apache-2.0
// customer-portal: shows an account what became of each segment of its messages. It asks over HTTP, so that its pact is
// one of requests and answers; the ids are those that the gateway's states are made with.
import { PactV3, SpecificationVersion } from '@pact-foundation/pact';
import { boolean, integer, nullValue, regex, string, time } from './contract.mjs';

export const CONSUMER = 'customer-portal';
const SEGMENT = '^(DELIVERED|FAILED|UNDELIVERED|EXPIRED|REJECTED|UNKNOWN|PENDING)$';
const MESSAGE = {
  several: '30000000-0000-4000-8000-000000000001',
  unanswered: '30000000-0000-4000-8000-000000000002',
  foreign: '30000000-0000-4000-8000-000000000003',
  unknown: '30000000-0000-4000-8000-000000000004',
};

// Its own code, as far as it reads the answer: a line per segment, or null when there is no such message.
export async function lines(origin, messageId, token) {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const answer = await fetch(`${origin}/v1/sms/${messageId}/segments`, { headers });
  if (answer.status === 401) throw new Error('sign in again');
  if (answer.status === 404) return null;
  if (answer.status !== 200) throw new Error(`answer ${answer.status}`);
  const segments = await answer.json();
  if (!Array.isArray(segments) || segments.length === 0) throw new Error('no segments');
  return segments.map((s, i) => {
    if (s.segmentIndex !== i + 1 || s.totalSegments !== segments.length) throw new Error('not all segments, or not in order');
    if (!new RegExp(SEGMENT).test(s.status)) throw new Error(`status ${s.status}`);
    if ((s.status === 'PENDING') !== (s.receivedAt === null)) throw new Error('a receipt has its time');
    if (typeof s.late !== 'boolean') throw new Error('late or not?');
    return `${s.segmentIndex}/${s.totalSegments} ${s.status} ${s.errorCode ?? ''}`.trim();
  });
}

const segment = (segmentIndex, totalSegments, status, fields = {}) => ({
  segmentIndex, totalSegments, status, errorCode: nullValue(), receivedAt: nullValue(), late: false, ...fields,
});
const received = { receivedAt: time('2026-01-31T12:00:00.000Z') };
const signedIn = { Authorization: regex('^Bearer .+', 'Bearer a.b.c') };
const asksFor = (messageId, headers = signedIn) => ({ method: 'GET', path: `/v1/sms/${messageId}/segments`, headers });
const shows = (body) => ({ status: 200, headers: { 'Content-Type': 'application/json' }, body });
const refuses = (status) => ({
  status,
  headers: { 'Content-Type': 'application/problem+json' },
  body: { type: string('about:blank'), title: string('Refused'), status: integer(status), detail: string('why') },
});

const interactions = [
  {
    state: 'of five segments one was delivered, one was not, one is on its way, one was delivered late and one is silent',
    description: 'a request for the segments of a message that was given up',
    request: asksFor(MESSAGE.several),
    response: shows([
      segment(1, 5, 'DELIVERED', { ...received, errorCode: string('000') }),
      segment(2, 5, regex('^(FAILED|UNDELIVERED|EXPIRED|REJECTED)$', 'UNDELIVERED'), { ...received, errorCode: string('011') }),
      segment(3, 5, 'UNKNOWN', received),
      segment(4, 5, 'DELIVERED', { ...received, late: true }),
      segment(5, 5, 'PENDING'),
    ]),
  },
  {
    state: 'a message has no receipt yet',
    description: 'a request for the segments of a message that was sent',
    request: asksFor(MESSAGE.unanswered),
    response: shows([segment(1, 2, 'PENDING'), segment(2, 2, 'PENDING', { late: boolean(false) })]),
  },
  {
    state: 'a message belongs to another account',
    description: 'a request for the segments of a foreign message',
    request: asksFor(MESSAGE.foreign),
    response: refuses(404),
  },
  {
    state: 'a message does not exist',
    description: 'a request for the segments of an unknown message',
    request: asksFor(MESSAGE.unknown),
    response: refuses(404),
  },
  {
    state: 'nobody is signed in',
    description: 'a request without a token',
    request: asksFor(MESSAGE.several, {}),
    response: refuses(401),
  },
];

export async function write(dir) {
  const pact = new PactV3({
    consumer: CONSUMER, provider: 'dlr-gateway', dir, logLevel: 'warn', spec: SpecificationVersion.SPECIFICATION_VERSION_V3,
  });
  for (const { state, description, request, response } of interactions) {
    pact.given(state).uponReceiving(description).withRequest(request).willRespondWith(response);
    const messageId = request.path.split('/')[3];
    await pact.executeTest(async (server) => {
      const asked = lines(server.url, messageId, 'Authorization' in request.headers ? 'a.b.c' : undefined);
      if (response.status === 401) return asked.then(() => { throw new Error('no token and no refusal'); }, () => {});
      const shown = await asked;
      if ((response.status === 404) !== (shown === null)) throw new Error(`${description}: ${shown}`);
    });
  }
}

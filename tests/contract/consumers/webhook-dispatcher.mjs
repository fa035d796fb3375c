// SPDX-License-Identifier: Apache-2.0
// webhook-dispatcher: tells an account's own server what became of its messages, in order.
import { FINAL, boolean, eachLike, integer, nullValue, regex, string, time, uuid, writePact } from './contract.mjs';

const SEGMENT = '^(DELIVERED|FAILED|UNDELIVERED|EXPIRED|REJECTED|UNKNOWN|PENDING)$';

// Its own code, as far as it reads the event: the body that it posts, and the key by which a repeat is recognised.
export async function post(event) {
  for (const field of ['eventId', 'messageId', 'accountId', 'to', 'occurredAt'])
    if (typeof event[field] !== 'string' || event[field] === '') throw new Error(`no ${field}`);
  if (typeof event.final !== 'boolean') throw new Error('final or not?');
  if (!Number.isInteger(event.sequence) || event.sequence < 1) throw new Error('no sequence');
  if (event.final ? !new RegExp(FINAL).test(event.dlrStatus) : event.dlrStatus !== 'UNKNOWN')
    throw new Error(`dlrStatus ${event.dlrStatus}, final ${event.final}`);
  const parts = event.expected > 1 ? event.segments : [{ index: 1, status: event.dlrStatus }];
  if (!Array.isArray(parts) || parts.length === 0) throw new Error('no segments');
  for (const part of parts)
    if (!Number.isInteger(part.index) || !new RegExp(SEGMENT).test(part.status)) throw new Error('a segment is broken');
  return { key: event.eventId, body: { id: event.messageId, status: event.dlrStatus, n: event.sequence, parts } };
}

const event = (fields) => ({
  eventId: uuid('0b4c8f0e-5d0b-5c2e-9c4b-0c1f8a3e7d12'),
  accountId: uuid('22222222-2222-4222-8222-222222222222'),
  messageId: uuid('11111111-1111-4111-8111-111111111111'),
  to: string('+15550100001'),
  final: true,
  sequence: integer(1),
  occurredAt: time('2026-01-31T12:00:00.000Z'),
  errorCode: nullValue(),
  expected: 1,
  received: 1,
  ...fields,
});
const segment = (index, status, errorCode, receivedAt) => ({ index, status, errorCode, receivedAt });
const at = time('2026-01-31T11:59:59.000Z');

export const write = (dir) =>
  writePact({
    consumer: 'webhook-dispatcher',
    schema: 'webhook.dispatch/1',
    dir,
    handle: post,
    interactions: [
      {
        state: 'a message of one segment was delivered',
        description: 'the final call for a delivered message',
        content: event({ dlrStatus: 'DELIVERED' }),
      },
      {
        state: 'a message of one segment was not delivered',
        description: 'the final call for a message that was not delivered',
        content: event({
          dlrStatus: regex('^(FAILED|UNDELIVERED|EXPIRED|REJECTED)$', 'UNDELIVERED'),
          errorCode: string('011'),
        }),
      },
      {
        state: 'a message of one segment is on its way',
        description: 'a provisional call',
        content: event({ dlrStatus: 'UNKNOWN', final: boolean(false), received: 0 }),
      },
      {
        state: 'a message of one segment was on its way and then delivered',
        description: 'the final call behind a provisional one',
        content: event({ dlrStatus: 'DELIVERED', sequence: 2 }),
      },
      {
        state: 'all three segments of a message were delivered',
        description: 'the final call for a long message',
        content: event({
          dlrStatus: 'DELIVERED',
          expected: 3,
          received: 3,
          segments: eachLike(segment(integer(1), 'DELIVERED', nullValue(), at), 3),
        }),
      },
      {
        state: 'two of three segments of a message were delivered and one was not',
        description: 'the final call for a message that arrived in part',
        content: event({
          dlrStatus: 'PARTIAL',
          errorCode: string('011'),
          expected: 3,
          received: 3,
          segments: [
            segment(1, 'DELIVERED', nullValue(), at),
            segment(2, regex(SEGMENT, 'UNDELIVERED'), string('011'), at),
            segment(3, 'DELIVERED', nullValue(), at),
          ],
        }),
      },
      {
        state: 'one of three segments of a message never got its receipt',
        description: 'the final call for a message that was given up',
        content: event({
          dlrStatus: 'PARTIAL',
          expected: 3,
          received: 2,
          segments: [
            segment(1, 'DELIVERED', nullValue(), at),
            segment(2, 'DELIVERED', nullValue(), at),
            segment(3, 'PENDING', nullValue(), nullValue()),
          ],
        }),
      },
    ],
  });

// SPDX-License-Identifier: Apache-2.0
// billing-service: charges an account for what was delivered of a message.
import { FINAL, integer, nullValue, regex, string, time, uuid, writePact } from './contract.mjs';

// Its own code, as far as it reads the event: a message is charged once, by the id of its event.
export async function charge(event) {
  for (const field of ['eventId', 'messageId', 'accountId', 'operatorId', 'occurredAt'])
    if (typeof event[field] !== 'string' || event[field] === '') throw new Error(`no ${field}`);
  if (event.schemaVersion !== 1) throw new Error(`schemaVersion ${event.schemaVersion} is not known`);
  if (!new RegExp(FINAL).test(event.dlrStatus)) throw new Error(`dlrStatus ${event.dlrStatus} is not final`);
  if (!Number.isInteger(event.segmentCount) || !Number.isInteger(event.deliveredSegments)) throw new Error('no segments');
  if (event.deliveredSegments > event.segmentCount) throw new Error('more delivered than sent');
  return { account: event.accountId, key: event.eventId, units: event.deliveredSegments };
}

const event = (dlrStatus, segmentCount, deliveredSegments, errorCode) => ({
  eventId: uuid('0b4c8f0e-5d0b-5c2e-9c4b-0c1f8a3e7d11'),
  messageId: uuid('11111111-1111-4111-8111-111111111111'),
  accountId: uuid('22222222-2222-4222-8222-222222222222'),
  operatorId: string('mno-a'),
  segmentCount,
  deliveredSegments,
  dlrStatus,
  errorCode,
  occurredAt: time('2026-01-31T12:00:00.000Z'),
  schemaVersion: 1,
});

export const write = (dir) =>
  writePact({
    consumer: 'billing-service',
    schema: 'billing.events/1',
    dir,
    handle: charge,
    interactions: [
      {
        state: 'a message of one segment was delivered',
        description: 'a charge for one delivered segment',
        content: event('DELIVERED', 1, 1, nullValue()),
      },
      {
        state: 'a message of one segment was not delivered',
        description: 'the end of a message that costs nothing',
        content: event(regex('^(FAILED|UNDELIVERED|EXPIRED|REJECTED)$', 'UNDELIVERED'), 1, 0, string('011')),
      },
      {
        state: 'all three segments of a message were delivered',
        description: 'a charge for three delivered segments',
        content: event('DELIVERED', 3, 3, nullValue()),
      },
      {
        state: 'two of three segments of a message were delivered and one was not',
        description: 'a charge for some segments of a message',
        content: event('PARTIAL', 3, 2, string('011')),
      },
      {
        state: 'one of three segments of a message never got its receipt',
        description: 'a charge for a message that was given up',
        content: event('PARTIAL', integer(3), integer(2), nullValue()),
      },
    ],
  });

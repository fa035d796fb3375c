// SPDX-License-Identifier: Apache-2.0
// What both consumers use to write down their pact with the gateway: message pacts of specification 3, one file each.
import { MatchersV3, MessageConsumerPact, asynchronousBodyHandler } from '@pact-foundation/pact';

export const { boolean, eachLike, integer, nullValue, regex, string, uuid } = MatchersV3;

const TIME = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$';
export const time = (example) => regex(TIME, example);
export const FINAL = '^(DELIVERED|FAILED|UNDELIVERED|EXPIRED|REJECTED|PARTIAL)$';

// interactions: [{state, description, content}]; handle: the consumer's own code, which must cope with each message.
export async function writePact({ consumer, schema, interactions, handle, dir }) {
  const pact = new MessageConsumerPact({ consumer, provider: 'dlr-gateway', dir, logLevel: 'warn', spec: 3 });
  for (const { state, description, content } of interactions) {
    await pact
      .given(state)
      .expectsToReceive(description)
      .withContent(content)
      .withMetadata({ 'Dlr-Schema': schema })
      .verify(asynchronousBodyHandler(handle));
  }
}

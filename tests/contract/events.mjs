// SPDX-License-Identifier: Apache-2.0
// The events that the gateway produced, as the tests captured them from JetStream: one JSON object a line,
// {state, subject, headers, payload}; state says what had happened to the message, payload is the text of the event.
import { readFileSync } from 'node:fs';

export function readEvents(file) {
  const lines = readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const { state, subject, headers, payload } = JSON.parse(line);
    return { state, subject, headers, event: JSON.parse(payload) };
  });
}

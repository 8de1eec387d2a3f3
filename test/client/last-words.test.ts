import { defaultPayloadConverter } from '@temporalio/common';
import { lastWordsOf } from '../../src/client/last-words';

const heartbeat = (value: unknown) => defaultPayloadConverter.toPayload(value);

it('shows what a rollout said last of itself', () => {
  const words = 'Deployment shop/payments 2.0.4, 6 of 10 pods updated, 4 available';
  expect(lastWordsOf(heartbeat(words))).toEqual([words]);
});

it.each([
  ['no heartbeat yet', undefined],
  ['a heartbeat without words', heartbeat(null)],
  ['a checkpoint that only the step understands', heartbeat({ moved: 3 })],
  ['what nobody can read', { metadata: { encoding: new Uint8Array([1]) }, data: new Uint8Array([2]) }],
])('says nothing of %s', (_title, payload) => {
  expect(lastWordsOf(payload)).toEqual([]);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeJournals } from '../../src/demo/journals';
import { processShop } from '../../src/demo/process-shop';

type Line = Readonly<Record<string, unknown>>;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lastgood-journals-'));
  mkdirSync(join(directory, 'journals'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const at = (second: number): string => `2026-11-21T02:51:0${second}.000Z`;
const start = (second: number, version: string, operation = 'rb-demo-1:release'): Line => ({
  at: at(second),
  version,
  operation,
});
const off = (second: number, by = 'lastgood'): Line => ({ at: at(second), flag: 'new-payment-flow', to: false, by });

function judge(payments: readonly Line[], orders: readonly Line[], flags: readonly Line[], since?: string) {
  for (const [name, lines] of Object.entries({ payments, orders, flags })) {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    writeFileSync(join(directory, 'journals', `${name}.jsonl`), text);
  }
  return judgeJournals(directory, processShop.legalOrder('1.1.0'), since);
}

it('is content with every transition once, in the legal order, whatever deployments did before', () => {
  const deployed = start(0, '2.0.0', 'deploy');
  const verdict = judge([deployed, start(2, '1.1.0')], [deployed, start(3, '1.1.0')], [off(0, 'deploy'), off(1)]);
  expect(verdict).toMatchObject({ ok: true, repeats: 0 });
  expect(verdict.lines).toEqual([
    '02:51:01.000  new-payment-flow → off',
    '02:51:02.000  payments → 1.1.0',
    '02:51:03.000  orders → 1.1.0',
    'each transition once, in the legal order · repeated identical writes: 0',
  ]);
});

it('allows and counts a repeated identical write', () => {
  const verdict = judge([start(2, '1.1.0'), start(3, '1.1.0')], [start(4, '1.1.0')], [off(1)]);
  expect(verdict).toMatchObject({ ok: true, repeats: 1 });
});

it.each([
  ['orders before payments', [start(3, '1.1.0')], [start(2, '1.1.0')]],
  ['a missing transition', [start(2, '1.1.0')], []],
  ['a way back and forth', [start(2, '1.1.0'), start(3, '2.0.0'), start(4, '1.1.0')], [start(5, '1.1.0')]],
  ['another version', [start(2, '1.0.0')], [start(3, '1.1.0')]],
])('objects to %s', (_title, payments, orders) => {
  const verdict = judge(payments, orders, [off(1)]);
  expect(verdict.ok).toBe(false);
  expect(verdict.lines.at(-1)).toContain('EXPECTED new-payment-flow off, payments 1.1.0, orders 1.1.0');
});

it('leaves out what was before the given moment', () => {
  const [payments, orders] = [
    [start(2, '1.1.0'), start(6, '1.1.0')],
    [start(3, '1.1.0'), start(7, '1.1.0')],
  ];
  expect(judge(payments, orders, [off(1), off(5)], at(4))).toMatchObject({ ok: true, repeats: 0 });
});

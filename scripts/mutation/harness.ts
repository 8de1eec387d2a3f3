import { createRequire } from 'node:module';

/** One test. */
export interface Case {
  readonly name: string;
  readonly run: () => void;
}

const { expect } = createRequire(require.resolve('jest'))('expect') as { readonly expect: unknown };

/** The tests of a file, collected as jest would while `load` runs it. Only tests that wait for nothing fit. */
export function collect(load: () => void): readonly Case[] {
  const cases: Case[] = [];
  const path: string[] = [];
  const describe = (name: string, body: () => void): void => {
    path.push(name);
    body();
    path.pop();
  };
  const test = (name: string, run: () => void): void => {
    cases.push({ name: [...path, name].join(' › '), run });
  };
  const each =
    (one: (name: string, run: () => void) => void) =>
    (rows: readonly unknown[]) =>
    (name: string, run: (...row: readonly unknown[]) => void): void => {
      rows.forEach((row, at) => one(`${name} #${at}`, () => run(...(Array.isArray(row) ? row : [row]))));
    };
  const tests = Object.assign(test, { each: each(test) });
  const blocks = Object.assign(describe, { each: each(describe) });
  Object.assign(globalThis, { describe: blocks, test: tests, it: tests, afterAll: () => undefined, expect });
  load();
  return cases;
}

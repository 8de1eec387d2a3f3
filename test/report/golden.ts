import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Compares a screen with its golden file; `UPDATE_GOLDEN=1` writes what there is now, to be looked at in the diff. */
export function expectGolden(name: string, screen: string): void {
  const path = join(__dirname, '..', 'golden', 'report', name);
  const text = screen.endsWith('\n') ? screen : `${screen}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  if (!existsSync(path)) throw new Error(`no golden file ${name}: run with UPDATE_GOLDEN=1 and look at it`);
  expect(text).toBe(readFileSync(path, 'utf8'));
}

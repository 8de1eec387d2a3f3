import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusalCatalogue } from '../../src/domain/refusal-catalogue';

/** Codes that some file of the planner refuses with. */
function codesInPlanner(): readonly string[] {
  const folder = join(__dirname, '../../src/planning');
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(/\bcode: '([A-Z_]+)'/g)].map(([, code]) => code!));
}

test('every refusal of the planner is explained, and every one that is explained exists', () => {
  expect([...new Set(codesInPlanner())].sort()).toEqual(Object.keys(refusalCatalogue).sort());
});

test('every refusal says what it means in a sentence, and what to do', () => {
  for (const { meaning, remedy } of Object.values(refusalCatalogue)) {
    expect(meaning).toMatch(/^[A-Z].*\.$/);
    expect(remedy).toMatch(/^[a-z].*[^.]$/);
  }
});

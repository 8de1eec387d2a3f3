import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedPages } from '../../scripts/docs/pages';
import { reverters } from '../../src/reverters';
import { root } from './examples';

describe('the generated documentation', () => {
  it.each([...generatedPages(root)])('%s is what `npm run docs` writes now', (path, text) => {
    const committed = existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '';
    expect(committed).toBe(text);
  });

  it('has notes for every layer and for no other; kubernetes.md is about several', () => {
    const notes = readdirSync(join(root, 'docs/layers')).map((name) => name.replace(/\.md$/, ''));
    expect(notes.sort()).toEqual([...reverters.keys(), 'kubernetes'].sort());
  });
});

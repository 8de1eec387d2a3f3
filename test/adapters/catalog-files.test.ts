import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readCatalogFiles } from '../../src/adapters/catalog-files';

const directory = mkdtempSync(join(tmpdir(), 'lastgood-catalog-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('reads each file of a mounted ConfigMap once, although it lies there twice', async () => {
  const hidden = join(directory, '..2026_11_21');
  mkdirSync(hidden);
  writeFileSync(join(hidden, 'shop.yaml'), 'environment: shop');
  symlinkSync('..2026_11_21', join(directory, '..data'));
  symlinkSync(join('..data', 'shop.yaml'), join(directory, 'shop.yaml'));
  const files = await readCatalogFiles(directory);
  expect(files.map(({ path, text }) => [basename(path), text])).toEqual([['shop.yaml', 'environment: shop']]);
});

import { objectsIn } from '../../src/adapters/manifest';

it('reads the objects of a manifest and leaves comments and empty documents out', () => {
  const manifest =
    '---\n# Source: a.yaml\nkind: ConfigMap\n---\n# nothing\n---\nkind: Service\nspec: {ports: [{port: 80}]}\n';
  expect(objectsIn(manifest, 'a release')).toEqual([
    { kind: 'ConfigMap' },
    { kind: 'Service', spec: { ports: [{ port: 80 }] } },
  ]);
});

it('has no objects in an empty manifest', () => {
  expect(objectsIn('', 'a release')).toEqual([]);
});

it('names the release whose manifest can not be read, and quotes nothing of it', () => {
  const read = (): unknown => objectsIn('kind: Secret\ndata: {password: "canary\n', 'Helm release shop/payments');
  expect(read).toThrow(expect.objectContaining({ code: 'COMMAND_BAD_OUTPUT' }));
  expect(read).toThrow(/the manifest of Helm release shop\/payments can not be read/);
  expect(read).not.toThrow(/canary/);
});

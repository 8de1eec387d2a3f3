import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/program';
import { createCli } from '../../src/cli/session';
import type { Terminal } from '../../src/cli/terminal';
import { root, textOf } from '../docs/examples';
import { manifests } from './manifests';

const all = manifests();
const pods = all.flatMap(({ kind, metadata, spec }) =>
  spec?.template === undefined ? [] : [{ kind, name: metadata.name, pod: spec.template.spec, replicas: spec.replicas }],
);
const containers = pods.flatMap(({ pod }) => pod.containers);

it('lists every manifest of the directory', () => {
  const files = readdirSync(join(root, 'deploy/kubernetes')).filter((name) => name.endsWith('.yaml'));
  const listed = textOf('deploy/kubernetes/kustomization.yaml');
  for (const file of files.filter((name) => name !== 'kustomization.yaml')) expect(listed).toContain(file);
});

it('holds no secret: what is secret comes from a Secret that nobody commits', () => {
  expect(all.map(({ kind }) => kind)).not.toContain('Secret');
  const secret = containers.flatMap(({ env }) => env).filter(({ name }) => /URL|KEY|TOKEN|PASSWORD/.test(name));
  expect(secret.length).toBeGreaterThan(0);
  for (const { value, valueFrom } of secret) {
    expect(value).toBeUndefined();
    expect(valueFrom).toHaveProperty('secretKeyRef');
  }
});

it('runs the release of this repository, and commands that exist', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  const program = createProgram(createCli({ width: 80 } as unknown as Terminal, {}));
  const commands = program.commands.map((command) => command.name());
  for (const { image, args } of containers) {
    expect(image).toBe(`lastgood:${version}`);
    expect(commands).toContain(args[0]);
  }
});

it('sets only variables that are documented', () => {
  const documented = textOf('docs/operating.md');
  for (const { name } of containers.flatMap(({ env }) => env)) expect(documented).toContain(`\`${name}\``);
});

it('keeps two of each process, probes them, and lets a node be drained', () => {
  const kept = pods.filter(({ kind }) => kind === 'Deployment');
  const budgets = all.filter(({ kind }) => kind === 'PodDisruptionBudget').map(({ metadata }) => metadata.name);
  expect(kept.map(({ name }) => name)).toEqual(budgets);
  for (const { replicas, pod } of kept) {
    expect(replicas).toBe(2);
    for (const container of pod.containers) expect(container.livenessProbe).toBeDefined();
  }
});

it('gives a token for the cluster to workers alone', () => {
  const holders = pods.filter(({ pod }) => pod.automountServiceAccountToken !== false).map(({ name }) => name);
  expect(holders).toEqual(['lastgood-worker']);
});

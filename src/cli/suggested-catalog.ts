import type { FoundNamespace, FoundWorkload, Namespace } from '../adapters/kubernetes-survey';
import { asObject, releaseOf } from '../reverters/parts/pod-template';
import { ownerOf } from '../reverters/parts/workload-owner';
import { checksOf, namedIn, servicesOf } from './suggested-checks';
import { configLayers, flow, idOf, mainLayer } from './suggested-layers';

/** The version label that layers look at when the catalog names no other. */
const versionLabel = 'app.kubernetes.io/version';

/**
 * A first catalog from what runs in a namespace, as YAML. It is valid as it is. A line that begins with `#:` is a
 * suggestion (without the `#:` it is valid, too); DECIDE marks what only people know.
 */
export function suggestedCatalog(found: FoundNamespace, where: Namespace, environment: string): string {
  const components = componentsIn(found);
  const hosts = new Map(
    components.flatMap(({ id, workloads }) =>
      workloads.flatMap((workload) => servicesOf(workload, found.services).map(({ metadata }) => [metadata.name, id])),
    ),
  );
  return [
    `# A first catalog of the namespace ${where.namespace}, from what runs there. It is valid as it is.`,
    '# A line with `#:` is a suggestion: take the `#:` away to use it. DECIDE marks what only you know.',
    'apiVersion: lastgood.dev/v1',
    `environment: ${flow(environment)}`,
    'components:',
    ...components.flatMap((component) => componentLines(component, found, where, hosts)),
    ...closing(components.map(({ id }) => id)),
    '',
  ].join('\n');
}

/** Names of objects that a controller made: they are reverted where they come from. */
export function leftOut({ workloads }: FoundNamespace): readonly string[] {
  return workloads.flatMap(({ kind, object }) => {
    const maker = makerOf(object);
    return maker === undefined ? [] : [`${kind} ${object.metadata.name} is left out: ${maker} made it`];
  });
}

interface Component {
  readonly id: string;
  readonly workloads: readonly [FoundWorkload, ...FoundWorkload[]];
  /** The Helm release that it is. */
  readonly helm?: string;
}

/** A component a workload; the workloads of one Helm release are one component, as Helm can only move them together. */
function componentsIn({ workloads }: FoundNamespace): readonly Component[] {
  const components = new Map<string, Component>();
  const free = (name: string, kind: string): string =>
    components.has(idOf(name)) ? idOf(`${name}-${kind}`) : idOf(name);
  const releases = new Map<string, string>();
  for (const workload of workloads.filter(({ object }) => makerOf(object) === undefined)) {
    const helm = helmReleaseOf(workload);
    const known = helm === undefined ? undefined : components.get(releases.get(helm) ?? '');
    const id = known?.id ?? free(helm ?? workload.object.metadata.name, workload.kind);
    if (helm !== undefined) releases.set(helm, id);
    const all = [...(known?.workloads ?? []), workload] as unknown as Component['workloads'];
    components.set(id, { id, workloads: all, ...(helm === undefined ? {} : { helm }) });
  }
  return [...components.values()];
}

function makerOf({ metadata }: FoundWorkload['object']): string | undefined {
  const maker = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return maker === undefined ? undefined : `${maker.kind ?? 'a controller'} ${maker.name ?? ''}`.trim();
}

function helmReleaseOf({ object }: FoundWorkload): string | undefined {
  const { labels = {}, annotations = {} } = object.metadata;
  return labels['app.kubernetes.io/managed-by'] === 'Helm' && ownerOf(object)?.reapplies !== true
    ? annotations['meta.helm.sh/release-name']
    : undefined;
}

function componentLines(
  { id, workloads, helm }: Component,
  found: FoundNamespace,
  where: Namespace,
  hosts: ReadonlyMap<string, string>,
): readonly string[] {
  const [first] = workloads;
  const services = servicesOf(first, found.services);
  const checks = checksOf(first, services, where.namespace);
  return [
    `  ${flow(id)}: # ${workloads.map(describe).join(' + ')}`,
    ...ownerLines(first),
    ...dependencyLines(new Map([...namedIn(first, hosts)].filter(([component]) => component !== id))),
    '    layers: # reverted in this order',
    ...(helm === undefined ? configLayers(first, where) : []).flatMap((layer) => [
      `      # DECIDE: does ${flow(layer['id'] as string)} change with a release? Then it has to go back with it.`,
      `#:      - ${flow(layer)}`,
    ]),
    `      - ${flow(mainLayer(first, helm, where))}`,
    ...(checks.length === 0
      ? [
          '    # DECIDE checks: no readiness probe that a Service leads to was found; without a check no recovery is confirmed.',
          '#:    checks: [{ name: health, type: http, url: "http://HOST/healthz", passes: 3 }]',
        ]
      : [
          '    # DECIDE checks: is this what tells a good release, and can the worker reach it?',
          '#:    checks:',
          ...checks.map((check) => `#:      - ${flow(check)}`),
        ]),
  ];
}

function describe({ kind, object }: FoundWorkload): string {
  const template = asObject(asObject(object.spec)['template']);
  const { version } = releaseOf(template, { versionLabel });
  const release = version ?? `no version: label its pod template with ${versionLabel}, or give its image a tag`;
  return `${kind} ${object.metadata.name}, ${release}`;
}

function ownerLines({ object }: FoundWorkload): readonly string[] {
  const owner = ownerOf(object);
  if (owner?.reapplies !== true) return [];
  return [
    `    # DECIDE: ${owner.name} owns it and would put the bad release back; as it stands here, a rollback is refused.`,
    ...owner.route.map((sentence) => `    # ${sentence}`),
  ];
}

function dependencyLines(named: ReadonlyMap<string, string>): readonly string[] {
  if (named.size === 0) return [];
  return [
    `    # DECIDE: ${[...named].map(([component, variable]) => `${variable} names ${component}`).join(', ')}. Which versions of the two go together?`,
    `#:    dependsOn: [${[...named.keys()].map(flow).join(', ')}]`,
  ];
}

function closing(ids: readonly string[]): readonly string[] {
  const [one = 'payments', other = 'orders'] = ids;
  return [
    '# DECIDE rules: which versions must never be live together? Without a rule every pair counts as compatible.',
    ...(ids.length < 2
      ? []
      : [
          '#:compatibility:',
          '#:  rules:',
          `#:    - { id: ${flow(`${one}-needs-${other}`)}, forbid: [{ ${flow(one)}: ">=2.0.0" }, { ${flow(other)}: "<2.0.0" }] }`,
        ]),
    '# DECIDE approval: who has to agree before anything is written?',
    '#:approval: { mode: unverified, roles: [on-call], expires: 30m }',
  ];
}

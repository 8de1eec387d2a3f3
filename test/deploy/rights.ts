import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { root, textOf } from '../docs/examples';
import type { Right } from '../servers/kubernetes/account';

/** One row of the table of rights in docs/layers/kubernetes.md. */
export interface NeededRight extends Right {
  readonly layer: string;
  /** Where a rollback stops without it; undefined: it goes on, as the row says. */
  readonly stopsAt: string | undefined;
}

/** Every right that a layer needs, out of the table of docs/layers/kubernetes.md. */
export function documentedRights(): readonly NeededRight[] {
  const rows = textOf('docs/layers/kubernetes.md').matchAll(
    /^\| `([\w-]+)` \| `([\w./-]+)` \| `(\w+)` \|[^|]*\| ([^|]*) \|$/gm,
  );
  return [...rows].map(([, layer = '', resource = '', verb = '', without = '']) => ({
    layer,
    resource,
    verb,
    stopsAt: /^stops at the ([\w ]+)$/.exec(without.trim())?.[1],
  }));
}

/** What the manifests of deploy/kubernetes/rights grant, by layer. */
export function grantedRights(): ReadonlyMap<string, readonly Right[]> {
  const directory = join(root, 'deploy/kubernetes/rights');
  return new Map(readdirSync(directory).map((file) => [file.replace(/\.yaml$/, ''), rightsIn(join(directory, file))]));
}

interface Role {
  readonly kind: string;
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

function rightsIn(path: string): readonly Right[] {
  const documents = parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS() as Role);
  return documents
    .filter(({ kind }) => kind === 'Role')
    .flatMap(({ rules }) => rules)
    .flatMap(({ apiGroups: [group = ''], resources, verbs }) =>
      resources.flatMap((name) => verbs.map((verb) => ({ resource: group === '' ? name : `${name}.${group}`, verb }))),
    );
}

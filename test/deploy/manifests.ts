import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { root } from '../docs/examples';

/** An object as a manifest has it, as far as tests look into it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
  };
  readonly spec?: { readonly replicas?: number; readonly template?: { readonly spec: PodSpec } };
}

/** A pod as a manifest has it. */
export interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly containers: readonly Container[];
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly livenessProbe?: object;
}

const directory = join(root, 'deploy/kubernetes');

/** Every object that `kubectl apply --kustomize deploy/kubernetes` makes, in its order. */
export function manifests(): readonly Manifest[] {
  const { resources } = parse(readFileSync(join(directory, 'kustomization.yaml'), 'utf8')) as {
    readonly resources: readonly string[];
  };
  return resources.flatMap((file) => documentsIn(join(directory, file)));
}

/** The Roles and RoleBindings of deploy/kubernetes/rights, which are applied in the namespaces that are reverted. */
export function grantedManifests(): readonly Manifest[] {
  const rights = join(directory, 'rights');
  return readdirSync(rights).flatMap((file) => documentsIn(join(rights, file)));
}

function documentsIn(path: string): readonly Manifest[] {
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS() as Manifest);
}

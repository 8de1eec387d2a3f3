import { digestOf } from '../../digest';
import type { Json } from '../../domain/json';
import { byCodeUnit } from '../../domain/identity';
import type { Artifact, ReleaseManifest } from '../../domain/release';

/** Identity of what was built, wherever it goes: SHA-256(JCS(sorted [{layer, name, artifact digest}])). */
export function releaseDigest(artifacts: readonly Artifact[]): string {
  const parts = artifacts.map(({ layer, name, digest }) => ({ layer, name, digest }));
  return digestOf(parts.sort((left, right) => byCodeUnit(sortKey(left), sortKey(right))));
}

/** What makes two manifests the same; also stored, to recognise a repeated `begin`. */
export function manifestContent({ releases }: ReleaseManifest): string {
  const parts = releases.map(({ component, version, artifacts, requires = {}, formats }) => {
    const told = { component, version, digest: releaseDigest(artifacts), requires };
    // Manifests of before formats are the same as ever.
    return formats === undefined ? told : { ...told, formats: formats as unknown as Json };
  });
  return digestOf(parts.sort((left, right) => byCodeUnit(left.component, right.component)));
}

function sortKey({ layer, name, digest }: Pick<Artifact, 'layer' | 'name' | 'digest'>): string {
  return [layer, name, digest].join('\0');
}

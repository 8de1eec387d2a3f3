import type { JsonPatch, KubernetesObject } from '../../domain/ports';
import type { ReverterContext } from '../../domain/reverter';

/** Annotation that names the rollback and step which wrote an object last. */
export const stampKey = 'lastgood.dev/operation';

/** The part of a patch that stamps an object. Where it has no annotations yet, nobody may add some at the same moment. */
export function stampPatch(object: KubernetesObject, { operation }: ReverterContext): readonly JsonPatch[] {
  return object.metadata.annotations === undefined
    ? [unchangedSince(object), { op: 'add', path: '/metadata/annotations', value: { [stampKey]: operation } }]
    : [{ op: 'add', path: annotationPath(stampKey), value: operation }];
}

/** Lets the server refuse the patch (409) when anything of the object was changed since it was read. */
export function unchangedSince({ metadata }: KubernetesObject): JsonPatch {
  return { op: 'replace', path: '/metadata/resourceVersion', value: metadata.resourceVersion };
}

/** Where a patch finds an annotation (RFC 6901). */
export function annotationPath(key: string): string {
  return `/metadata/annotations/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

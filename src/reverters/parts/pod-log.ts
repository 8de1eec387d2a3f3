import { LastgoodError } from '../../domain/errors';
import type { KubernetesObject } from '../../domain/ports';
import type { ReverterContext } from '../../domain/reverter';
import { asList, asObject } from './pod-template';
import type { Workload } from './workload';

/** Lines of a log that are shown unless the catalog says otherwise. */
const usualLines = 3;

/** Of one line this much is shown. */
const maxLineLength = 200;

/**
 * The last log lines of the first container that ended although it should run: `payments-7d9f said: "…" "…"`. Values of the
 * pod's own variables, and what looks like a password, a token or a key, are hidden. A log that can not be had is no fault.
 */
export async function lastWordsIn(
  { namespace, context, kubeconfig, logLines: lines = usualLines }: LogPlace,
  pods: readonly KubernetesObject[],
  { world, signal }: ReverterContext,
): Promise<readonly string[]> {
  const crashed = lines === 0 ? undefined : pods.map(crashIn).find((found) => found !== undefined);
  if (crashed === undefined) return [];
  const { pod, container, previous } = crashed;
  const name = { kind: 'Pod', namespace, context, kubeconfig, name: pod.metadata.name } as const;
  try {
    const log = await world.kubernetes.logs(name, { container, lines, previous, signal });
    const said = log.split('\n').filter((line) => line.trim() !== '');
    return said.length === 0 ? [] : [`it said: ${said.map((line) => `"${shown(line, pod)}"`).join(' ')}`];
  } catch (thrown) {
    if (!(thrown instanceof LastgoodError)) throw thrown;
    return thrown.code === 'KUBERNETES_DENIED'
      ? [`its log can not be read: ${thrown.text.why ?? thrown.text.what}`]
      : [];
  }
}

type LogPlace = Pick<Workload, 'namespace' | 'context' | 'kubeconfig'> & { readonly logLines?: number | undefined };

interface Crash {
  readonly pod: KubernetesObject;
  readonly container: string;
  /** It was started again, so that its last words are those of the instance before. */
  readonly previous: boolean;
}

function crashIn(pod: KubernetesObject): Crash | undefined {
  const { containerStatuses } = asObject(pod.status);
  const found = asList(containerStatuses)
    .map(asObject)
    .find(({ ready, restartCount }) => ready !== true && Number(restartCount ?? 0) > 0);
  if (typeof found?.['name'] !== 'string') return undefined;
  return { pod, container: found['name'], previous: asObject(found['state'])['running'] !== undefined };
}

function shown(line: string, pod: KubernetesObject): string {
  const withoutVariables = variablesOf(pod).reduce(
    (text, { name, value }) => text.replaceAll(value, `[variable ${name}]`),
    line,
  );
  const hidden = withoutVariables
    .replaceAll(/(\/\/[^/\s:@]*):[^/\s@]+@/g, '$1:[hidden]@')
    .replaceAll(/\b(bearer|basic)\s+[\w.~+/=-]+/gi, '$1 [hidden]')
    .replaceAll(secretAssignment, '$1[hidden]');
  return hidden.length > maxLineLength ? `${hidden.slice(0, maxLineLength)}…` : hidden;
}

/** `password=…`, `"api_key": "…"`, `AWS_SECRET_ACCESS_KEY: …` */
const secretAssignment =
  /([\w.-]*(?:passw(?:or)?d|passphrase|secret|token|api[-_]?key|access[-_]?key|credential)[\w.-]*["']?\s*[:=]\s*["']?)[^\s"',;&]+/gi;

/** Literal variables of the pod; short values are left, as hiding them would hide half of the text. */
function variablesOf({ spec }: KubernetesObject): readonly { readonly name: string; readonly value: string }[] {
  return asList(asObject(spec)['containers'])
    .flatMap((container) => asList(asObject(container)['env']))
    .map(asObject)
    .flatMap(({ name, value }) =>
      typeof name === 'string' && typeof value === 'string' && value.length >= 6 ? [{ name, value }] : [],
    );
}

import { z } from 'zod';
import type { KubernetesName } from '../../domain/ports';
import { absolutePath, duration } from './fields';
import { label } from './workload';

const percent = z.number().int().min(1, 'write percents from 1 to 100').max(100, 'write percents from 1 to 100');

/** What the catalog says about one object that divides traffic. */
export const traffic = z
  .strictObject({
    kind: z
      .enum(['Service', 'HTTPRoute', 'VirtualService', 'Ingress'])
      .describe(
        'What divides the traffic: the selector of a Service (blue/green), the weights of an HTTPRoute (Gateway API) or a VirtualService (Istio), or the canary annotations of an Ingress (ingress-nginx).',
      ),
    namespace: label.describe('Its namespace.'),
    name: label.describe('Its name; of an Ingress: the canary one.'),
    mode: z
      .enum(['instant', 'gradual'])
      .default('instant')
      .describe('All at once, or in steps with a look at the checks between them. A Service has no weights: instant.'),
    weights: z
      .array(percent)
      .min(1, 'write percents, for example [10, 50, 100]')
      .refine(isRising, 'write rising percents that end with 100, for example [10, 50, 100]')
      .optional()
      .describe('For gradual: how many percent of the way back are gone after each step. Default: [10, 50, 100].'),
    hold: duration
      .optional()
      .describe('For gradual: how long the checks are looked at before the next step. Default: 1m.'),
    ready: z
      .number()
      .int()
      .min(1, 'write how many ready pods are wanted')
      .optional()
      .describe(
        'How many ready pods a side must have before traffic comes back to it. Default: as many as the other side has pods, at least 1.',
      ),
    context: z.string().min(1).optional().describe('Context of the kubeconfig. Default: its current one.'),
    kubeconfig: absolutePath
      .optional()
      .describe('A kubeconfig on the worker. Default: KUBECONFIG, ~/.kube/config, or the account of its own pod.'),
    settle: duration.prefault('30s').describe('How long the endpoints or the gateway may take to follow.'),
  })
  .superRefine(({ kind, mode, weights, hold }, check) => {
    const complain = (path: string, message: string): void => {
      check.addIssue({ code: 'custom', path: [path], message });
    };
    if (kind === 'Service' && mode === 'gradual') complain('mode', 'write instant; a Service has no weights');
    if (mode === 'instant' && weights !== undefined) complain('weights', 'belongs to mode: gradual');
    if (mode === 'instant' && hold !== undefined) complain('hold', 'belongs to mode: gradual');
  });

/** One object that divides traffic, parsed. Times in ms. */
export type Traffic = z.output<typeof traffic>;

/** The object in its cluster. */
export function trafficName({ kind, namespace, name, context, kubeconfig }: Traffic): KubernetesName {
  return { kind, namespace, name, context, kubeconfig };
}

/** For people: `Service shop/payments`. */
export function trafficPlace({ kind, namespace, name }: Traffic): string {
  return `${kind} ${namespace}/${name}`;
}

function isRising(weights: readonly number[]): boolean {
  return weights.at(-1) === 100 && weights.every((weight, at) => weight > (weights[at - 1] ?? 0));
}

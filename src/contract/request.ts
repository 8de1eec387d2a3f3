import { z } from 'zod';
import { byCodeUnit } from '../domain/identity';
import type { RollbackRequest } from '../domain/request';
import { listOf } from './component-schema';
import { decisionInputs } from './decision';
import { parseAt, readDocument } from './door';
import { id, label, object, yesOrNo } from './leaves';
import { componentKeyPattern } from './manifest';
import { expects } from './wording';

/**
 * What a door asks for, as an object (a parsed JSON body). Components come back sorted and once each.
 * Throws BAD_REQUEST with everything that is wrong.
 */
export function parseRequest(input: unknown): RollbackRequest {
  const request = parseAt(requestSchema, readDocument(input ?? {}, 'request', 'BAD_REQUEST'), 'BAD_REQUEST');
  return {
    ...request,
    components: [...new Set(request.components)].sort(byCodeUnit),
    accept: [...new Set(request.accept)].sort(byCodeUnit),
  };
}

const keyError = expects('a component, or component/placement', 'payments');
const key = z.string({ error: keyError }).regex(componentKeyPattern, { error: keyError });
const targetsError = expects('a map of components to versions', '{payments: "2.0.4"}');

const requestSchema = object('a rollback request', {
  environment: id('production'),
  components: listOf('components', '[orders]', key).min(1, { error: expects('at least one component', '[orders]') }),
  reason: label('why, in words', 'error rate 7 %', 1000),
  requester: label('who asks', 'ana@laptop'),
  to: z.record(key, label('a version', '"2.0.4"'), { error: targetsError }).prefault({}),
  dryRun: yesOrNo(true).prefault(false),
  accept: listOf('rule ids', '[pay21-needs-ord31]', label('a rule id', 'pay21-needs-ord31', 256)).prefault([]),
  flagOnly: yesOrNo(true).exactOptional(),
  preempt: yesOrNo(true).exactOptional(),
  decision: decisionInputs.exactOptional(),
  trigger: label('where it comes from', 'pipeline').prefault('pipeline'),
});

import { z } from 'zod';
import type { NotifyTarget, SecretRef } from '../domain/catalog';
import { listOf } from './component-schema';
import { commandLine, duration, httpUrl, id, integer, label, notYet, object, oneOf } from './leaves';
import { printablePattern } from './units';
import { expects, notSupportedYet, words, type Wording } from './wording';

const quorumError: Wording = (issue) =>
  typeof issue.input === 'number' && issue.input > 1
    ? notSupportedYet('write quorum: 1')(issue)
    : expects('the number 1', '1')(issue);
const modeError: Wording = (issue) =>
  typeof issue.input === 'string'
    ? notSupportedYet('write mode: unverified; identities are recorded as claimed')(issue)
    : expects('the word unverified', 'unverified')(issue);

/** Who may approve, and how long an ask stays open. */
export const approvalSchema = object('approval', {
  mode: z
    .literal('unverified', { error: modeError })
    .prefault('unverified')
    .describe('Identities are recorded as claimed.'),
  quorum: z.literal(1, { error: quorumError }).prefault(1).describe('Approvals that are needed.'),
  roles: listOf('roles', '[on-call]', id('on-call')).prefault([]).describe('Who is asked; shown to people.'),
  expires: duration('30m', 1000).prefault('30m').describe('How long an ask stays open.'),
  selfApproval: oneOf(['reversible', 'always', 'never'])
    .prefault('reversible')
    .describe('May the requester approve: only plans that lose nothing, always, or never.'),
  breakGlass: notYet('remove it'),
}).transform(({ mode, quorum, roles, expires, selfApproval }) => ({
  mode,
  quorum,
  roles,
  expiresMs: expires,
  selfApproval,
}));

const secretError = expects('env:NAME or file:/absolute/path', 'env:WEBHOOK_TOKEN');
const secretRef = object('a secret by name', {
  secretRef: z
    .string({ error: secretError })
    .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/[^\0\r\n]+)$/, { error: secretError }),
}).transform((ref): SecretRef => ref);
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const headers = z.record(
  z.string().regex(headerName),
  z.union([z.string().max(8192).regex(printablePattern), secretRef], {
    error: expects('printable text, or a secret by name: env:NAME or file:/path', '{secretRef: env:NAME}'),
  }),
  { error: expects('a map of header names to text or {secretRef: …}', '{authorization: {secretRef: env:NAME}}') },
);

/** Told about every open ask. */
export const notifySchema = object('a notify target', {
  webhook: httpUrl('https://chat.example.com/hooks/on-call').exactOptional().describe('Gets the ask as JSON by POST.'),
  headers: headers
    .exactOptional()
    .describe('Headers of the webhook; secrets only as `{secretRef: env:NAME}` or `{secretRef: file:/path}`.'),
  command: commandLine('[/usr/local/bin/page, on-call]')
    .exactOptional()
    .describe('Program and arguments; gets the ask as JSON on stdin.'),
})
  .superRefine(({ webhook, headers, command }, context) => {
    if ((webhook === undefined) !== (command === undefined) && (headers === undefined || webhook !== undefined)) return;
    const message = words({
      what: 'the notify target is neither a webhook nor a command',
      why: 'exactly one of the two is expected; headers belong to a webhook',
      next: 'write {webhook: URL} or {command: [PROGRAM, ARGUMENT]}',
    });
    context.addIssue({ code: 'custom', message });
  })
  .transform(({ webhook, headers = {}, command = [] }): NotifyTarget =>
    webhook === undefined ? { kind: 'command', command } : { kind: 'webhook', webhook, headers },
  );

const barrierError = expects('a list of lists of placements', '[[canary], [eu, us]]');

/** Times and limits of an environment. */
export const policiesSchema = object('policies', {
  knownGoodAfter: duration('15m', 0).prefault('15m').describe('Live this long with passing checks: known-good.'),
  confirmWithin: duration('15m', 1000)
    .prefault('15m')
    .describe('Longest wait for the baseline after everything is at its target.'),
  deployTimeout: duration('60m', 1000)
    .prefault('60m')
    .describe('A deployment without an end is shown as running for this long.'),
  decideWithin: duration('24h', 1000)
    .prefault('24h')
    .describe('Longest wait for a decision after a failure, before the rollback ends as failed.'),
  resumeWithin: duration('4h', 1000)
    .prefault('4h')
    .describe('Longest pause, before the rollback stops and everything stays as it is.'),
  deploymentInProgress: oneOf(['wait', 'preempt', 'refuse'])
    .exactOptional()
    .describe(
      'When a pipeline deploys what an approved rollback is about to revert: wait for its end (the default), go on, or refuse.',
    ),
  onFailure: oneOf(['hold', 'retry', 'continue', 'reinstate', 'stop'])
    .prefault('hold')
    .describe(
      'When a unit fails: hold and ask; retry it once, then hold; continue what does not wait for it, then hold; ask to reinstate the bad releases; or stop with everything as it is.',
    ),
  maxConcurrentUnits: integer(1, 1000, 20).prefault(20).describe('Units that move at the same time.'),
  dispatch: object('dispatch', {
    barriers: z
      .array(z.array(id('eu'), { error: barrierError }).min(1, { error: barrierError }), { error: barrierError })
      .prefault([])
      .describe('Placements in order; those of one list move together.'),
  })
    .prefault({})
    .describe('The order of placements.'),
  autoApprove: notYet('remove it; every rollback asks for approval'),
  escalation: notYet('remove it; notify is run for every open ask'),
}).transform((policies) => ({
  knownGoodAfterMs: policies.knownGoodAfter,
  confirmWithinMs: policies.confirmWithin,
  deployTimeoutMs: policies.deployTimeout,
  decideWithinMs: policies.decideWithin,
  resumeWithinMs: policies.resumeWithin,
  onFailure: policies.onFailure,
  ...(policies.deploymentInProgress === undefined ? {} : { deploymentInProgress: policies.deploymentInProgress }),
  maxConcurrentUnits: policies.maxConcurrentUnits,
  dispatch: policies.dispatch,
}));

/** How components that must move together do so. */
export const groupSchema = object('a group', {
  components: listOf('at least two components', '[payments, orders]', id('orders'))
    .min(2, { error: expects('a list of at least two components', '[payments, orders]') })
    .describe('Those that move together.'),
  mechanism: oneOf(['router', 'quiesce', 'window']).describe(
    'One shared switch; stop all and start all; or an accepted incompatible window.',
  ),
  layer: label('a layer id', 'router').exactOptional().describe('The layer that is the shared switch.'),
});

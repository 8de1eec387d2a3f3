import { createHash } from 'node:crypto';
import type { Canaries } from './stage';
import type { Evidence } from './evidence';
import { argumentOf, timeOf, type HistoryEvent, type Row } from './facts';
import type { Effect } from './service';

/** What a row says should be true at its end. */
export interface Expected {
  /** How the rollback ends; `waiting` = it is open and waits for a person until a deadline. */
  readonly outcome: string;
  /** Every transition that the targets may have seen by a rollback, in any order: `orders 1.1.0`. */
  readonly transitions: readonly string[];
  readonly live: Readonly<Record<string, string>>;
  /** Transitions that may be written twice: the second write ends what the first left half done. */
  readonly repeats?: readonly string[];
}

/** The usual end: everything is back, each transition was made once. */
export const allBack: Expected = {
  outcome: 'confirmed',
  transitions: ['mail 1.1.0', 'orders 1.1.0', 'payments 1.1.0', 'payments-flag false'],
  live: { mail: '1.1.0', orders: '1.1.0', payments: '1.1.0' },
};

/** Everything is back, and this was seen on the way. */
export function backBy(transition: string): Expected {
  return { ...allBack, transitions: [transition, ...allBack.transitions] };
}

/** As a rollback of orders alone ends. */
export const withoutMail: Expected = {
  outcome: 'confirmed',
  transitions: allBack.transitions.filter((line) => !line.startsWith('mail')),
  live: { ...allBack.live, mail: '2.0.0' },
};

/** Nothing was touched. */
export function untouched(outcome: string): Expected {
  return { outcome, transitions: [], live: { mail: '2.0.0', orders: '2.0.0', payments: '2.0.0' } };
}

/** Which invariants do not hold, each as one sentence; I-numbers as in docs/reliability.md. */
export function violations(evidence: Evidence, expected: Expected, canaries: Canaries): readonly string[] {
  const own = evidence.journal.filter(({ by, kind }) => by !== 'deploy' && kind === 'written');
  return [
    ...asExpected(evidence, own, expected),
    ...inOrder(evidence, own),
    ...approvedFirst(evidence, own),
    ...onceEach(own, expected),
    ...neverForbidden(evidence.journal),
    ...closedForGood(evidence, own),
    ...recordWhole(evidence),
    ...auditWhole(evidence, own),
    ...markedBad(evidence, own),
    ...secretsKept(evidence, canaries),
  ];
}

function asExpected({ live, events, status }: Evidence, own: readonly Effect[], expected: Expected): string[] {
  const seen = own.map(({ target, to }) => `${target} ${to}`).sort();
  const outcome = outcomeOf(events, status);
  return [
    ...differs('I3 transitions at the targets', [...new Set(seen)], [...expected.transitions].sort()),
    ...differs('I8 what the targets run', sorted(live), sorted(expected.live)),
    ...differs('I13 the end', outcome, expected.outcome),
  ];
}

/** How it ended by its events; by Temporal where the events have no end. */
export function outcomeOf(events: readonly Row[], status: string): string {
  const closed = events.find(({ kind }) => kind === 'closed');
  if (closed !== undefined) return String((closed['body'] as Row)['outcome']);
  const asks = events.filter(({ kind }) => kind === 'asked' || kind === 'ask-closed');
  return asks.at(-1)?.['kind'] === 'asked' ? 'waiting' : status.toLowerCase();
}

/** I1: by the journals, and by the history: what waits is scheduled after what it waits for was verified. */
function inOrder({ history }: Evidence, own: readonly Effect[]): string[] {
  const first = (target: string): number => own.find((effect) => effect.target === target)?.atMs ?? Infinity;
  const late = (before: string, after: string): string[] =>
    first(after) !== Infinity && first(before) > first(after) ? [`I1 ${after} was written before ${before}`] : [];
  const scheduled = history.filter((event) => ['revert', 'verify'].includes(activityOf(event)));
  const orders = scheduled.find((event) => stepOf(event).startsWith('orders'));
  const before = scheduled.filter((event) => stepOf(event).startsWith('payments') && isEarlier(event, orders));
  // Of each step the last look at it: an attempt that failed was made again.
  const last = new Map(before.map((event) => [stepOf(event), event]));
  const undone = [...last.values()].filter((event) => !isDoneBefore(history, event, orders));
  return [
    ...late('payments-flag', 'payments'),
    ...late('payments', 'orders'),
    ...(orders === undefined
      ? []
      : undone.map((event) => `I1 orders was scheduled before ${stepOf(event)} was verified`)),
  ];
}

function isDoneBefore(history: readonly HistoryEvent[], step: HistoryEvent, other: HistoryEvent | undefined): boolean {
  const end = history.find(
    ({ activityTaskCompletedEventAttributes: completed }) =>
      String(completed?.scheduledEventId) === String(step.eventId),
  );
  return end !== undefined && isEarlier(end, other);
}

function isEarlier(event: HistoryEvent, other: HistoryEvent | undefined): boolean {
  return other === undefined || Number(event.eventId) < Number(other.eventId);
}

function activityOf(event: HistoryEvent): string {
  return event.activityTaskScheduledEventAttributes?.activityType?.name ?? '';
}

function stepOf(event: HistoryEvent): string {
  return String(argumentOf(event.activityTaskScheduledEventAttributes?.input?.payloads)['step']);
}

/** I2: no effect before somebody approved a plan digest that this run had shown. */
function approvedFirst({ histories, plans }: Evidence, own: readonly Effect[]): string[] {
  const [first] = own;
  if (first === undefined) return [];
  const digests = new Set(plans.map(({ body }) => (body as Row)['planDigest']));
  const approvals = histories.filter((event) => digests.has(approvalOf(event))).sort((a, b) => timeOf(a) - timeOf(b));
  const [approval] = approvals;
  if (approval === undefined) return ['I2 there was an effect and no approval in the history'];
  return timeOf(approval) <= first.atMs + 2 ? [] : ['I2 the first effect came before the approval'];
}

function approvalOf(event: HistoryEvent): unknown {
  const signal = event.workflowExecutionSignaledEventAttributes;
  if (signal?.signalName === 'approve') return argumentOf(signal.input?.payloads)['planDigest'];
  const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
  return update?.name === 'approve' ? argumentOf(update.args?.payloads)['planDigest'] : undefined;
}

/** I3 and I12: each state once, and never back to the bad release. */
function onceEach(own: readonly Effect[], { repeats = [] }: Expected): string[] {
  const states = own.map(({ target, to }) => `${target} ${to}`);
  const twice = states.filter((state, index) => states.indexOf(state) !== index && !repeats.includes(state));
  const back = own.filter(({ to }) => to === '2.0.0' || to === 'true');
  return [
    ...twice.map((state) => `I3 ${state} was written more than once`),
    ...back.map(({ target, to }) => `I12 ${target} went to ${to}`),
  ];
}

/** I4: payments 2 and orders 1 never run together, whoever brought them there. */
function neverForbidden(journal: readonly Effect[]): string[] {
  const live = new Map<string, string>();
  return journal.flatMap(({ target, kind, to, by }) => {
    if (kind === 'written') live.set(target, to);
    const isForbidden = live.get('payments') === '2.0.0' && live.get('orders') === '1.1.0' && by !== 'deploy';
    return isForbidden ? ['I4 payments 2.0.0 ran with orders 1.1.0'] : [];
  });
}

/** I5, I6: after the end no write, and no lock. */
function closedForGood({ history, status, locks }: Evidence, own: readonly Effect[]): string[] {
  const last = history.at(-1);
  if (status === 'RUNNING' || status === 'NONE' || last === undefined) return [];
  const late = own.filter(({ atMs }) => atMs > timeOf(last) + 2);
  return [
    ...late.map(({ target }) => `I5 ${target} was written after the end`),
    ...(status === 'COMPLETED' ? locks : []).map(({ component }) => `I6 ${String(component)} is still locked`),
  ];
}

/** The events in the inventory are complete and in order. */
function recordWhole({ events, agrees }: Evidence): string[] {
  const gap = events.findIndex(({ seq }, index) => seq !== index);
  return [
    ...(gap < 0 ? [] : [`I7 event ${gap} is missing in the inventory`]),
    ...(agrees ? [] : ['I7 the record in the inventory is not the one that the workflow tells']),
  ];
}

/** I7: the chain is whole, and has the plan, the words of people, every write, every verification and the end. */
function auditWhole({ audit, events }: Evidence, own: readonly Effect[]): string[] {
  let head = '';
  const broken = audit.find((row, index) => {
    head = createHash('sha256').update(head).update(String(row['entry'])).digest('hex');
    return row['hash'] !== head || Number(row['seq']) !== index + 1;
  });
  const entries = audit.map(({ entry }) => JSON.parse(String(entry)) as Row);
  const has = (what: string): boolean => entries.some((entry) => entry['what'] === what);
  const wanted = [
    ...(own.length > 0 ? ['rollback.planned', 'rollback.decided'] : []),
    ...(events.some(({ kind }) => kind === 'closed') ? ['rollback.closed'] : []),
    ...(events.some(({ kind }) => kind === 'step-verified') ? ['step.verified'] : []),
  ];
  return [
    ...(broken === undefined ? [] : [`I7 the audit is broken at entry ${String(broken['seq'])}`]),
    ...wanted.filter((what) => !has(what)).map((what) => `I7 the audit has no ${what}`),
  ];
}

/** I9: as soon as something was taken back, the bad release is marked. */
function markedBad({ marks }: Evidence, own: readonly Effect[]): string[] {
  return own.length > 0 && marks.length === 0 ? ['I9 the bad releases are not marked'] : [];
}

/** I15: no secret in any place that anybody can read. */
export function secretsKept({ texts }: Pick<Evidence, 'texts'>, canaries: Canaries): string[] {
  return Object.entries(texts).flatMap(([place, text]) =>
    Object.entries(canaries).flatMap(([name, secret]: readonly [string, string]) =>
      [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)].some((form) => text.includes(form))
        ? [`I15 the ${name} is in the ${place}`]
        : [],
    ),
  );
}

function sorted(live: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(live)
    .map(([name, version]) => `${name} ${version}`)
    .sort();
}

function differs(what: string, seen: unknown, wanted: unknown): string[] {
  const [is, should] = [JSON.stringify(seen), JSON.stringify(wanted)];
  return is === should ? [] : [`${what}: ${is}, not ${should}`];
}

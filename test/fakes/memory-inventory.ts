import { jsonText } from '../../src/adapters/inventory/json-text';
import { lateHolder } from '../../src/adapters/inventory/locks';
import { canonicalJson, digestOf, keyedDigestOf } from '../../src/digest';
import type { Freeze, WriteSwitch } from '../../src/domain/custody';
import { LastgoodError } from '../../src/domain/errors';
import type {
  CaptureShelf,
  CatalogShelf,
  DocumentShelf,
  HeldLock,
  Inventory,
  JournalRow,
  LeftRow,
  LockHolder,
  LockTable,
  NewCapture,
  RollbackBook,
  RollbackRow,
  StepBegin,
  StepJournal,
} from '../../src/domain/inventory';
import { byCodeUnit, type ComponentKey } from '../../src/domain/identity';
import type { Json } from '../../src/domain/json';
import { progressOf } from '../../src/domain/fold-progress';
import type { RollbackEvent } from '../../src/domain/rollback-event';
import { requestIdentity, type RollbackRequest } from '../../src/domain/request';
import type { CaptureRef } from '../../src/domain/reverter';
import { memoryReleases, type UnderWay } from './memory-releases';

/**
 * An inventory that lives in this process and forgets with it. Passes the same behaviour suite as the one on PostgreSQL
 * (test/adapters/inventory-behaviour.ts), except for what only a database can do: audit, encryption, restarts.
 */
export function memoryInventory(now: () => number = Date.now): Inventory {
  const rollbacks = memoryRollbacks(now);
  const locks = memoryLocks(now, rollbacks.isLate);
  const writes = memorySwitch(now);
  const underWay = (environment: string, component: string): readonly UnderWay[] =>
    [...new Set([...locks.holding(environment, component), ...rollbacks.openFor(environment, component)])]
      .sort()
      .map((rollback) => ({ rollback, phase: rollbacks.phaseOf(rollback) }));
  return {
    catalogs: memoryCatalogs(),
    documents: memoryDocuments(),
    releases: memoryReleases(now, underWay),
    captures: memoryCaptures(),
    rollbacks: {
      ...rollbacks.book,
      async goesOnAs(rollback, runId) {
        await rollbacks.book.goesOnAs(rollback, runId);
        locks.goesOnAs(rollback, runId);
      },
    },
    journal: memoryJournal(now, locks.holderOf, writes, rollbacks.hasEnded),
    locks: locks.table,
    writes,
    audit: { verify: () => Promise.resolve({ whole: true, entries: 0, head: '' }) },
    ready: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function memoryCatalogs(): CatalogShelf {
  const bodies = new Map<string, Json>();
  const current = new Map<string, string>();
  return {
    async put(environment, catalog) {
      const digest = digestOf(catalog);
      bodies.set(digest, copy(catalog));
      current.set(environment, digest);
      return digest;
    },
    get: async (digest) => bodies.get(digest),
    async current(environment) {
      const digest = current.get(environment);
      const catalog = digest === undefined ? undefined : bodies.get(digest);
      return digest === undefined || catalog === undefined ? undefined : { digest, catalog };
    },
    environments: async () => [...current.keys()].sort(byCodeUnit),
  };
}

function memoryDocuments(): DocumentShelf {
  const bodies = new Map<string, Json>();
  return {
    async put(_kind, body) {
      const ref = digestOf(body);
      bodies.set(ref, copy(body));
      return ref;
    },
    get: async (ref) => bodies.get(ref),
  };
}

function memoryCaptures(): CaptureShelf {
  const kept: { readonly capture: NewCapture; readonly ref: CaptureRef }[] = [];
  const find = (step: StepBegin): CaptureRef | undefined =>
    kept.find(({ capture }) => capture.before !== undefined && isEqual(capture.before, step))?.ref;
  return {
    async put(capture) {
      const { before, fingerprint, body } = capture;
      const first = before === undefined ? undefined : find(before);
      if (first !== undefined) return first;
      const bytes = Buffer.byteLength(canonicalJson(body));
      if (bytes > 8 * 1024 * 1024) throw new LastgoodError('CAPTURE_TOO_LARGE', { what: `it has ${bytes} bytes` });
      const ref = { id: `cap-${kept.length + 1}`, hash: keyedDigestOf(Buffer.from('memory'), body), fingerprint };
      kept.push({ capture: { ...capture, body: copy(body) }, ref });
      return ref;
    },
    async get({ id, hash }) {
      const found = kept.find(({ ref }) => ref.id === id);
      if (found === undefined) throw new LastgoodError('CAPTURE_MISSING', { what: `there is no capture ${id}` });
      if (found.ref.hash !== hash) throw new LastgoodError('CAPTURE_UNREADABLE', { what: `${id} is another content` });
      return found.capture.body;
    },
    async showing(environment, component, digest) {
      const own = kept.filter(
        ({ capture }) =>
          capture.environment === environment && capture.component === component && capture.showsRelease === digest,
      );
      return Object.fromEntries(own.map(({ capture, ref }) => [capture.layer, ref]));
    },
    before: async (step) => find(step),
  };
}

interface KeptRollback {
  readonly rollback: string;
  readonly workflowId: string;
  runId: string;
  readonly firstRunId: string;
  readonly key: string;
  readonly request: RollbackRequest;
  readonly openedAtMs: number;
  readonly events: Map<number, RollbackEvent>;
}

function memoryRollbacks(now: () => number) {
  const kept: KeptRollback[] = [];
  const newestFirst = (): readonly KeptRollback[] => kept.toReversed();
  const book: RollbackBook = {
    async open(workflowId, runId, key, request) {
      const known = kept.find((one) => one.workflowId === workflowId && one.firstRunId === runId);
      if (known !== undefined) return known.rollback;
      const number = kept.filter((one) => one.request.environment === request.environment).length + 1;
      const rollback = `rb-${request.environment}-${number}`;
      kept.push({ rollback, workflowId, runId, firstRunId: runId, key, request, openedAtMs: now(), events: new Map() });
      return rollback;
    },
    async goesOnAs(rollback, runId) {
      for (const one of kept) if (one.rollback === rollback) one.runId = runId;
    },
    async append(rollback, events) {
      const found = kept.find((one) => one.rollback === rollback);
      if (found === undefined)
        throw new LastgoodError('UNKNOWN_ROLLBACK', { what: `there is no rollback ${rollback}` });
      for (const event of events) if (!found.events.has(event.seq)) found.events.set(event.seq, stored(event));
    },
    async events(rollback, afterSeq = -1) {
      const found = kept.find((one) => one.rollback === rollback);
      return found === undefined ? [] : inOrder(found).filter(({ seq }) => seq > afterSeq);
    },
    request: async (rollback) => kept.find((one) => one.rollback === rollback)?.request,
    async find(name) {
      const all = newestFirst();
      const found =
        all.find(({ rollback }) => rollback === name) ??
        all.find(({ workflowId }) => workflowId === name) ??
        all.find(({ key }) => key === name);
      return found === undefined ? undefined : rollbackRow(found);
    },
    async list({ environment, open, limit = 50 }) {
      return newestFirst()
        .filter(({ request }) => environment === undefined || request.environment === environment)
        .map(rollbackRow)
        .filter(({ outcome }) => open === undefined || open === (outcome === undefined))
        .slice(0, limit);
    },
  };
  const openFor = (environment: string, component: string): readonly string[] =>
    kept
      .filter(({ request }) => request.environment === environment && !request.dryRun)
      .filter(({ request }) => request.components.some((key) => key.split('/')[0] === component))
      .filter((one) => rollbackRow(one).outcome === undefined)
      .map(({ rollback }) => rollback);
  const hasEnded = (rollback: string): boolean =>
    kept.some((one) => one.rollback === rollback && rollbackRow(one).outcome !== undefined);
  const isLate = ({ rollback, runId }: LockHolder): boolean =>
    hasEnded(rollback) || kept.some((one) => one.rollback === rollback && one.runId !== runId);
  const phaseOf = (rollback: string): string => {
    const found = kept.find((one) => one.rollback === rollback);
    return found === undefined ? 'planning' : rollbackRow(found).phase;
  };
  return { book, openFor, hasEnded, isLate, phaseOf };
}

function inOrder({ events }: KeptRollback): readonly RollbackEvent[] {
  return [...events.values()].sort((left, right) => left.seq - right.seq);
}

function rollbackRow(kept: KeptRollback): RollbackRow {
  const { request, events: _events, ...names } = kept;
  const { environment, components, reason, requester } = request;
  const { phase, outcome, ask, decisions } = progressOf(inOrder(kept));
  return {
    ...names,
    environment,
    components,
    reason,
    requester,
    requestIdentity: requestIdentity(request),
    phase,
    ...(outcome === undefined ? {} : { outcome }),
    ...(ask === undefined ? {} : { ask }),
    decisions,
  };
}

type KeptLock = HeldLock;

function memoryLocks(now: () => number, isLate: (holder: LockHolder) => boolean) {
  let kept: readonly KeptLock[] = [];
  let fences = 0;
  const locksIn = (environment: string): readonly KeptLock[] => kept.filter((lock) => lock.environment === environment);
  const table: LockTable = {
    async take(environment, components, holder, beside = []) {
      if (isLate(holder)) throw lateHolder(holder.rollback);
      const wanted = [...new Set(components)].sort(byCodeUnit);
      const held = locksIn(environment).filter(({ component }) => [...wanted, ...beside].includes(component));
      const stranger = held.find(({ workflowId }) => workflowId !== holder.workflowId);
      if (stranger !== undefined) return { taken: false, heldBy: stranger.rollback, component: stranger.component };
      const own = held.filter(
        ({ runId, rollback, component }) =>
          runId === holder.runId && rollback === holder.rollback && wanted.includes(component),
      );
      const fence = own[0]?.fence ?? (fences += 1);
      const missing = wanted.filter((component) => !own.some((lock) => lock.component === component));
      const isMissing = (lock: KeptLock): boolean =>
        lock.environment === environment && missing.includes(lock.component);
      const taken = missing.map((component) => ({ environment, component, ...holder, fence, sinceMs: now() }));
      const isOfDeadRun = (lock: KeptLock): boolean =>
        lock.workflowId === holder.workflowId && lock.runId !== holder.runId;
      kept = [...kept.filter((lock) => !isMissing(lock) && !isOfDeadRun(lock)), ...taken];
      return { taken: true, fence };
    },
    async release(rollback) {
      kept = kept.filter((lock) => lock.rollback !== rollback);
    },
    held: async (environment) =>
      kept
        .filter((lock) => environment === undefined || lock.environment === environment)
        .sort(
          (left, right) =>
            byCodeUnit(left.environment, right.environment) || byCodeUnit(left.component, right.component),
        ),
  };
  const holding = (environment: string, component: string): readonly string[] =>
    locksIn(environment)
      .filter((lock) => lock.component.split('/')[0] === component)
      .map(({ rollback }) => rollback);
  const holderOf = (environment: string, component: ComponentKey): KeptLock | undefined =>
    locksIn(environment).find((lock) => lock.component === component);
  const goesOnAs = (rollback: string, runId: string): void => {
    kept = kept.map((lock) => (lock.rollback === rollback ? { ...lock, runId } : lock));
  };
  return { table, holding, holderOf, goesOnAs };
}

function memorySwitch(now: () => number): WriteSwitch {
  let freeze: Freeze | undefined;
  return {
    state: async () => freeze,
    freeze: async (by, reason) => (freeze ??= { by, reason, sinceMs: now() }),
    async thaw() {
      const lifted = freeze;
      freeze = undefined;
      return lifted;
    },
  };
}

type KeptRow = JournalRow & Pick<LeftRow, 'rollback' | 'environment' | 'component'>;

function memoryJournal(
  now: () => number,
  holderOf: (environment: string, component: ComponentKey) => KeptLock | undefined,
  writes: WriteSwitch,
  hasEnded: (rollback: string) => boolean,
): StepJournal {
  const kept: KeptRow[] = [];
  return {
    async open({ rollback, step, component, environment, attempt, fence, from, to }) {
      const freeze = await writes.state();
      if (freeze !== undefined) throw new LastgoodError('WRITES_FROZEN', { what: `${freeze.by}: ${freeze.reason}` });
      const holder = holderOf(environment, component);
      if (holder?.rollback !== rollback || holder.fence !== fence) {
        throw new LastgoodError('FENCE_LOST', { what: `${rollback} no longer holds the lock of ${component}` });
      }
      const leftOpen = kept.some((row) => row.rollback === rollback && row.step === step && row.kind === undefined);
      const id = String(kept.length + 1);
      kept.push({ id, rollback, environment, component, step, attempt, fence, from, to, openedAtMs: now() });
      return { id, leftOpen };
    },
    async close(id, { kind, writes }) {
      const at = kept.findIndex((row) => row.id === id && row.kind === undefined);
      const row = kept[at];
      if (row !== undefined) kept[at] = { ...row, closedAtMs: now(), kind, writes };
    },
    rows: async (wanted) =>
      kept
        .filter(({ rollback }) => rollback === wanted)
        .map(({ rollback: _rollback, environment: _environment, component: _component, ...row }) => row),
    left: async () =>
      kept.filter(
        ({ rollback, environment, component, kind }, at) =>
          kind === undefined &&
          hasEnded(rollback) &&
          !kept.slice(at + 1).some((row) => row.environment === environment && row.component === component),
      ),
  };
}

/** As the database keeps what people wrote. */
function stored(event: RollbackEvent): RollbackEvent {
  return JSON.parse(jsonText(event)) as RollbackEvent;
}

function isEqual(left: StepBegin, right: StepBegin): boolean {
  return left.rollback === right.rollback && left.step === right.step && left.from === right.from;
}

/** What a database would give back: equal, and nobody else's. */
function copy<Value>(value: Value): Value {
  return structuredClone(value);
}

import type * as activityModule from '../../src/activities';
import type { ActivityWorld } from '../../src/activities/world';
import { digestOf } from '../../src/digest';
import type * as errorsModule from '../../src/domain/errors';
import type { LastgoodError } from '../../src/domain/errors';
import type * as memoryModule from '../fakes/memory-inventory';
import type { ErrorCode } from '../../src/domain/error-catalogue';
import type { Inventory, LockTable } from '../../src/domain/inventory';
import type { RollbackRequest } from '../../src/domain/request';
import type { RollbackInput } from '../../src/workflows/messages';
import type { Attempt, Worker } from './activity-task';
import { catalogOf } from './catalog';
import type { House } from './house';
import { workflowFor } from './load-workflow';
import { Network } from './network';
import { People } from './people';
import { Random } from './random';
import { simulatedReverters } from './reverters';
import { bad, type Fault, type Point, type Scenario } from './scenario';
import { seedWorld } from './seed-world';
import type { Held, Story } from './story';
import { Targets } from './targets';
import { TemporalStandIn } from './temporal-stand-in';
import { world, type Process, type VirtualTime } from './virtual-time';

/** More happenings than any story of this size needs. */
const mostHappenings = 60_000;

/** Everything of one story. */
export class Stage {
  private readonly targets: Targets;
  private readonly network: Network;
  private readonly server: TemporalStandIn;
  private readonly people: People;
  private readonly inventory: Inventory;
  private readonly timing: Random;
  private readonly timeline: string[] = [];
  private readonly requests = new Map<string, RollbackRequest>();
  private readonly held: Held[] = [];
  private readonly frozen: { readonly fromMs: number; untilMs: number }[] = [];
  private awayUntilMs = 0;
  private incarnations = 0;

  constructor(
    private readonly house: House,
    private readonly time: VirtualTime,
    private readonly scenario: Scenario,
    private readonly isTold: boolean,
  ) {
    this.timing = new Random(scenario.seed + 7);
    this.targets = new Targets(
      () => time.nowMs,
      (text) => this.tell(text),
    );
    const fakes = house.load<typeof memoryModule>('test/fakes/memory-inventory.ts');
    this.inventory = fakes.memoryInventory(() => time.now());
    this.network = new Network(time, this.timing, scenario.faults, {
      reached: (point) => this.reached(point),
      fell: (fault, process) => this.fell(fault, process),
    });
    this.server = new TemporalStandIn(time, this.timing, (info) => workflowFor(house, info), {
      tell: (text) => this.tell(text),
      activated: (run) => this.people.look(run),
    });
    this.people = new People(time, this.timing, scenario, this.server, {
      tell: (text) => this.tell(text),
      asked: (nth) => this.reached({ of: 'asks', nth }),
      workflows: () => [...this.requests.keys()],
    });
  }

  async play(): Promise<Story> {
    await seedWorld({ scenario: this.scenario, inventory: this.inventory, targets: this.targets });
    for (let process = 0; process < 2; process += 1) this.spawn();
    this.scenario.rollbacks.forEach((rollback, index) => {
      this.time.after(rollback.afterMs, world, () => this.startRollback(index));
    });
    const hasEnded = await this.time.runAll(mostHappenings);
    const { scenario, targets, requests, inventory, held, frozen, timeline } = this;
    const { approvals, unanswered } = this.people;
    const endedAtMs = this.time.nowMs;
    const rows = await inventory.rollbacks.list({});
    const numbers = new Map(rows.map(({ workflowId, rollback }) => [workflowId, rollback]));
    const known = new Map<unknown, string>();
    const fingerprint: Story['fingerprint'] = ({ value }) => {
      const digest = known.get(value) ?? digestOf({ value });
      known.set(value, digest);
      return digest;
    };
    return {
      scenario,
      targets,
      runs: this.server.runs,
      requests,
      inventory,
      numbers,
      fingerprint,
      approvals,
      held,
      frozen,
      unanswered,
      hasEnded,
      timeline,
      endedAtMs,
    };
  }

  private tell(text: string): void {
    if (this.isTold)
      this.timeline.push(`${((this.time.nowMs - Date.UTC(2026, 0, 1)) / 1_000).toFixed(4).padStart(10)} s  ${text}`);
  }

  private startRollback(index: number): void {
    const { components, dryRun } = this.scenario.rollbacks[index]!;
    const key = `k${index}`;
    const request: RollbackRequest = {
      environment: 'test',
      components,
      reason: 'it is bad',
      requester: 'ana',
      to: {},
      dryRun,
      accept: [],
      trigger: 'test',
    };
    const workflowId = `rollback/test/${key}`;
    this.requests.set(workflowId, request);
    const { eventsPerRun } = this.scenario;
    const input: RollbackInput = { key, request, eventsPerRun };
    this.tell(`rollback ${key} of ${components.join(', ')} begins${dryRun ? ' as a dry run' : ''}`);
    this.server.start(workflowId, 'rollback', input);
  }

  // ------------------------------------------------------------------ workers

  private spawn(): void {
    this.incarnations += 1;
    const { createActivities } = this.house.load<typeof activityModule>('src/activities/index.ts');
    const { control, layers } = createActivities(this.worldOfWorkers());
    const activities = { ...control, ...layers } as unknown as Worker['activities'];
    this.server.workers = [
      ...this.server.workers.filter(({ isDead }) => !isDead),
      { name: `worker ${this.incarnations}`, isDead: false, stoppedUntilMs: 0, activities },
    ];
  }

  private worldOfWorkers(): ActivityWorld {
    const none = (): Promise<never> => Promise.reject(new Error('the simulation has no such thing'));
    const unused = new Proxy({}, { get: () => none }) as never;
    return {
      inventory: this.remote(this.inventory),
      outside: {
        http: { request: (request) => this.request(request) },
        commands: { run: none },
        files: { readLink: none, listDirectories: none, treeDigest: none, replaceLink: none, readText: none },
        secrets: { resolve: none },
        kubernetes: unused,
      },
      reverters: simulatedReverters(this.house),
      readCatalogs: () => Promise.resolve([catalogOf(this.scenario)]),
      sampleCheck: (check) => Promise.resolve(this.sample(new URL(check.url).pathname.slice(1))),
      isOpen: (workflowId, runId) => Promise.resolve(this.server.isOpen(workflowId, runId)),
      writeReport: (name) => Promise.resolve(`/reports/${name}`),
      now: () => this.time.now(),
    };
  }

  private sample(component: string) {
    const atMs = this.time.now();
    const ok = this.targets.value(`${component}/version`) !== bad;
    return ok ? { atMs, ok } : { atMs, ok, why: 'it runs the bad version' };
  }

  private request(request: Parameters<ActivityWorld['outside']['http']['request']>[0]) {
    const attempt = this.time.current as Attempt;
    const { timeoutMs, signal, method } = request;
    return this.network.call({
      isWrite: method !== 'GET',
      timeoutMs,
      signal,
      effect: (broken, isDelayed) => this.targets.answer(request, attempt, broken, isDelayed),
      lost: () => this.fault('HTTP_UNREACHABLE', 'no answer came'),
    });
  }

  /** The inventory as workers see it: over the network, and sometimes away. */
  private remote<Part extends object>(part: Part, path = 'inventory'): Part {
    return new Proxy(part, {
      get: (has, name) => {
        const member = Reflect.get(has, name) as unknown;
        if (typeof member === 'object' && member !== null) return this.remote(member, `${path}.${String(name)}`);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) =>
          this.ask(`${path}.${String(name)}`, () => member.apply(has, args) as Promise<unknown>, args);
      },
    });
  }

  private ask(what: string, effect: () => Promise<unknown>, args: readonly unknown[]): Promise<unknown> {
    const lost = () => this.fault('DATABASE_UNREACHABLE', 'the inventory does not answer');
    return this.network.call({
      isWrite: false,
      timeoutMs: 5_000,
      effect: async () => {
        if (this.time.nowMs < this.awayUntilMs) throw lost();
        const value = await effect();
        if (what === 'inventory.locks.take') this.noteTaken(args, value);
        if (what === 'inventory.locks.release') this.noteReleased(String(args[0]));
        return value;
      },
      lost,
    });
  }

  private noteTaken(args: readonly unknown[], value: unknown): void {
    const [, components, { rollback, workflowId }] = args as Parameters<LockTable['take']>;
    if (!(value as { readonly taken: boolean }).taken) return;
    const planRef = this.people.plans.get(workflowId) ?? '';
    this.held.push({ rollback, components, planRef, fromMs: this.time.nowMs, untilMs: Infinity });
    this.tell(`${rollback} holds ${components.join(', ')}`);
  }

  private noteReleased(rollback: string): void {
    for (const one of this.held) if (one.rollback === rollback) one.untilMs = Math.min(one.untilMs, this.time.nowMs);
  }

  private fault(code: ErrorCode, what: string): LastgoodError {
    const errors = this.house.load<typeof errorsModule>('src/domain/errors.ts');
    return new errors.LastgoodError(code, { what });
  }

  // ------------------------------------------------------------------ what goes wrong

  private fell(fault: Fault, process: Process | undefined): void {
    if (process === undefined || process.isDead) return;
    const { what, forMs } = fault;
    if (what === 'crash before') {
      process.isDead = true;
      this.tell(`${process.name} dies`);
      this.time.after(forMs, world, () => this.spawn());
    } else if (what === 'stopped process') {
      process.stoppedUntilMs = this.time.nowMs + forMs;
      this.tell(`${process.name} stands still for ${forMs} ms`);
    } else if (what === 'inventory away') {
      this.awayUntilMs = this.time.nowMs + forMs;
      this.tell(`the inventory is away for ${forMs} ms`);
    } else if (what === 'writes frozen') {
      this.freeze(forMs);
    } else {
      this.tell(`${what}: ${this.time.current.name}`);
    }
  }

  private freeze(forMs: number): void {
    if (this.frozen.some(({ untilMs }) => untilMs > this.time.nowMs)) return;
    const frozen = { fromMs: this.time.nowMs, untilMs: this.time.nowMs + forMs };
    this.frozen.push(frozen);
    this.tell(`all writes are frozen for ${forMs} ms`);
    void this.inventory.writes.freeze('ana', 'a test');
    this.time.after(forMs, world, () => void this.inventory.writes.thaw('ana', 'it is over'));
  }

  private reached({ of, nth }: Point): void {
    const isHere = ({ at }: { readonly at: Point }): boolean => at.of === of && at.nth === nth;
    for (const { component, layer, to } of this.scenario.drifts.filter(isHere)) {
      this.time.after(this.timing.next() * 2, world, () => this.targets.drift(`${component}/${layer}`, to));
    }
    for (const message of this.scenario.messages.filter(isHere))
      this.time.after(this.timing.next() * 2, world, () => this.people.send(message));
  }
}

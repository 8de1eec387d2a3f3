import { createWorld } from '../../src/adapters/world';
import { reverters } from '../../src/reverters';
import type { JsonObject } from '../../src/domain/json';
import type { World } from '../../src/domain/ports';
import type {
  CaptureRef,
  LayerGoal,
  LayerStep,
  Measurement,
  Observation,
  Reverter,
  ReverterContext,
} from '../../src/domain/reverter';
import { asWorker } from '../fakes/as-worker';
import { CaptureMemory, contextIn } from '../fakes/context';
import { crashingWorld, type CrashPoint } from '../fakes/crashing-world';

/** A real outside in which one layer has a good state, a bad one, and somebody who meddles. */
export interface Scene {
  /** As a catalog says it. */
  readonly target: JsonObject;
  /** Labels of the two states. */
  readonly good: string;
  readonly bad: string;
  /** Makes the good or the bad state live, as a deployment does. */
  deploy(state: 'good' | 'bad'): Promise<void>;
  /** Somebody else brings the layer into a third state. */
  meddle(): Promise<void>;
  /** Everything of the outside, byte by byte. */
  snapshot(): string | Promise<string>;
  /** The states that the outside itself wrote down when a write led to them, in order. */
  journal(): readonly string[] | Promise<readonly string[]>;
  /** The states between bad and good, for a layer that goes back in several steps. */
  readonly via?: readonly string[];
  /** Where one road takes seconds: only every nth call is broken, and each write. All of them when left out. */
  readonly crashEvery?: number;
  /** The word by which a command that writes is known: `push`. */
  readonly writing?: string;
  close(): Promise<void>;
}

/** The suite that every reverter passes. Registers its tests under the name of the layer and the scene. */
export function conformance(layer: string, sceneName: string, makeScene: () => Promise<Scene>): void {
  describe(`${layer}: ${sceneName}`, () => {
    let stage: Stage;
    beforeEach(async () => {
      stage = await Stage.open(layer, await makeScene());
    });
    afterEach(() => stage.scene.close());

    it('assesses the same way twice', async () => {
      const { reverter, target, start, goal, ctx } = stage;
      const plan = await reverter.assess(target, start, goal, ctx());
      expect(plan.kind).toBe('steps');
      expect(await reverter.assess(target, start, goal, ctx())).toEqual(plan);
    });

    it('leaves the world untouched by looking, assessing and the dry run', async () => {
      const { reverter, target, scene, ctx } = stage;
      const before = await scene.snapshot();
      const [step] = await stage.steps();
      await reverter.observe(target, ctx());
      expect(await reverter.dryRun(target, step, ctx())).toMatchObject({ result: 'passed' });
      expect(await scene.snapshot()).toBe(before);
    });

    it('reverts to the goal, and then has nothing more to do', async () => {
      const { reverter, target, ctx, good } = stage;
      const steps = await stage.steps();
      const step = steps.at(-1)!;
      expect(reverter.relate(stage.start, steps[0])).toBe('from');
      await stage.carryOut(steps.slice(0, -1));
      expect(await reverter.revert(target, step, ctx())).toMatchObject({ kind: 'reverted' });
      const accepted = await reverter.observe(target, ctx());
      expect(accepted.fingerprint).toBe(good.fingerprint);
      // A layer that settles slowly may still be on its way; it is never anywhere else.
      expect(['between', 'target']).toContain(reverter.relate(accepted, step));
      expect(failed(await reverter.verify(target, step, ctx()))).toEqual([]);
      expect(reverter.relate(await reverter.observe(target, ctx()), step)).toBe('target');
      const again = await reverter.revert(target, step, ctx());
      expect(again).toMatchObject({ kind: 'already-there', writes: 0 });
    });

    it('reinstates what was there before', async () => {
      const { reverter, target, ctx, start, scene } = stage;
      const { via = [], good, bad } = scene;
      const known = (await scene.journal()).length;
      await stage.carryOut(await stage.steps());
      const reverted = await reverter.observe(target, ctx());
      const back: LayerGoal = { version: bad, capture: stage.startCapture };
      await stage.carryOut(await stage.steps(reverted, back));
      expect((await reverter.observe(target, ctx())).fingerprint).toBe(start.fingerprint);
      const transitions = collapsed((await scene.journal()).slice(known));
      expect(transitions).toEqual([...via, good, ...via.toReversed(), bad]);
    });

    it('says that nothing is to do when the goal is there already', async () => {
      const { reverter, target, ctx, scene, good, goal } = stage;
      await scene.deploy('good');
      const seen = await reverter.observe(target, ctx());
      const plan = await reverter.assess(target, seen, goal, ctx());
      expect(plan).toEqual({ kind: 'at-target', fingerprint: good.fingerprint });
    });

    it('refuses drift as a value and changes nothing', async () => {
      const { reverter, target, ctx, scene } = stage;
      const [step] = await stage.steps();
      await scene.meddle();
      const before = await scene.snapshot();
      expect(reverter.relate(await reverter.observe(target, ctx()), step)).toBe('elsewhere');
      expect(await reverter.dryRun(target, step, ctx())).toMatchObject({ result: 'failed' });
      expect(await reverter.revert(target, step, ctx())).toMatchObject({ kind: 'drift', writes: 0 });
      expect(await scene.snapshot()).toBe(before);
    });

    it('stops when the attempt is cancelled', async () => {
      const { reverter, target, scene } = stage;
      const [step] = await stage.steps();
      const before = await scene.snapshot();
      await expect(reverter.revert(target, step, stage.ctx({ signal: AbortSignal.abort() }))).rejects.toThrow(
        expect.objectContaining({ name: 'AbortError' }),
      );
      expect(await scene.snapshot()).toBe(before);
    });

    it('ends the same when it dies before or after any call to the outside, with every transition made once', async () => {
      const { scene } = stage;
      const { calls, writes } = await stage.roadWithCrash();
      expect(calls).toBeGreaterThan(2);
      const every = scene.crashEvery ?? 1;
      if (every > 1) expect(writes.length).toBeGreaterThan(0);
      const sample = Array.from({ length: Math.ceil(calls / every) }, (_none, at) => 1 + at * every);
      for (const call of new Set([...sample, ...writes])) {
        for (const when of ['before', 'after'] as const) {
          await scene.deploy('bad');
          const known = (await scene.journal()).length;
          await stage.roadWithCrash({ call, when });
          const transitions = collapsed((await scene.journal()).slice(known));
          expect({ call, when, transitions }).toEqual({ call, when, transitions: [...(scene.via ?? []), scene.good] });
        }
      }
    }, 900_000);
  });
}

/** A scene with the bad state live, its good state captured before, and the reverter under test. */
class Stage {
  private readonly outside = createWorld();

  private constructor(
    readonly reverter: Reverter<unknown>,
    readonly target: unknown,
    readonly scene: Scene,
    private readonly captures: CaptureMemory,
    readonly good: Observation,
    readonly start: Observation,
    readonly goal: LayerGoal,
    readonly startCapture: CaptureRef,
  ) {}

  static async open(layer: string, scene: Scene): Promise<Stage> {
    const parsed = reverters.get(layer)?.target.parse(scene.target);
    if (parsed?.ok !== true) throw new Error(`the scene does not fit: ${JSON.stringify(parsed)}`);
    const reverter = asWorker(reverters.get(layer)!);
    const { target } = parsed;
    const captures = new CaptureMemory();
    const ctx = contextIn(createWorld(), { captures });
    await scene.deploy('good');
    const good = await reverter.observe(target, ctx);
    const capture = captures.put(good.fingerprint, await reverter.capture(target, good, ctx));
    await scene.deploy('bad');
    const start = await reverter.observe(target, ctx);
    const startCapture = captures.put(start.fingerprint, await reverter.capture(target, start, ctx));
    return new Stage(reverter, target, scene, captures, good, start, { version: scene.good, capture }, startCapture);
  }

  readonly ctx = (options: { readonly signal?: AbortSignal; readonly world?: World } = {}): ReverterContext => {
    const { signal, world = this.outside } = options;
    return contextIn(world, { captures: this.captures, ...(signal === undefined ? {} : { signal }) });
  };

  async steps(seen = this.start, goal = this.goal): Promise<readonly [LayerStep, ...LayerStep[]]> {
    const plan = await this.reverter.assess(this.target, seen, goal, this.ctx());
    const [first, ...rest] = plan.kind === 'steps' ? plan.steps : [];
    if (first === undefined) throw new Error(`expected steps: ${JSON.stringify(plan)}`);
    return [first, ...rest];
  }

  async carryOut(steps: readonly LayerStep[]): Promise<void> {
    for (const step of steps) {
      const outcome = await this.reverter.revert(this.target, step, this.ctx());
      expect(outcome).toMatchObject({ kind: 'reverted' });
      expect(failed(await this.reverter.verify(this.target, step, this.ctx()))).toEqual([]);
    }
  }

  /** The whole road of a rollback in one world that dies at `point`; what died is tried again, as Temporal would. */
  async roadWithCrash(point?: CrashPoint): Promise<{ readonly calls: number; readonly writes: readonly number[] }> {
    const { world, calls, writes } = crashingWorld(this.outside, point, this.scene.writing);
    const { reverter, target } = this;
    const ctx = (): ReverterContext => this.ctx({ world });
    const seen = await reverter.observe(target, ctx());
    const plan = await reverter.assess(target, seen, this.goal, ctx());
    for (const step of plan.kind === 'steps' ? plan.steps : []) {
      expect(await reverter.dryRun(target, step, ctx())).toMatchObject({ result: 'passed' });
      const outcome = await reverter.revert(target, step, ctx());
      expect(['reverted', 'already-there']).toContain(outcome.kind);
      expect(failed(await reverter.verify(target, step, ctx()))).toEqual([]);
    }
    expect((await reverter.observe(target, this.ctx())).fingerprint).toBe(this.good.fingerprint);
    return { calls: calls(), writes: writes() };
  }
}

function failed(measurements: readonly Measurement[]): readonly Measurement[] {
  return measurements.filter(({ ok }) => !ok);
}

/** Repeating an identical write is allowed; what counts is each change of state. */
function collapsed(states: readonly string[]): readonly string[] {
  return states.filter((state, index) => state !== states[index - 1]);
}

import { createWorld } from '../../src/adapters/world';
import type { JsonObject } from '../../src/domain/json';
import type { LayerGoal, LayerPlan, LayerStep, Observation, ReverterContext } from '../../src/domain/reverter';
import { reverters } from '../../src/reverters';
import { asWorker } from './as-worker';
import { CaptureMemory, contextIn } from './context';

/** One layer under test: its reverter bound to a target, a context and a shelf of captures. */
export class Bench {
  readonly captures = new CaptureMemory();
  readonly ctx: ReverterContext;
  private readonly target: unknown;

  constructor(
    private readonly layer: string,
    target: JsonObject,
    environment: NodeJS.ProcessEnv = {},
  ) {
    const parsed = this.reverter.target.parse(target);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    this.target = parsed.target;
    this.ctx = contextIn(createWorld({ PATH: process.env['PATH'], ...environment }), { captures: this.captures });
  }

  get reverter() {
    const reverter = reverters.get(this.layer);
    if (reverter === undefined) throw new Error(`no reverter is called ${this.layer}`);
    return asWorker(reverter);
  }

  observe(): Promise<Observation> {
    return this.reverter.observe(this.target, this.ctx);
  }

  /** Captures what is there now, as the state of a version. */
  async captured(version: string): Promise<LayerGoal> {
    const seen = await this.observe();
    const body = await this.reverter.capture(this.target, seen, this.ctx);
    return { version, capture: this.captures.put(seen.fingerprint, body) };
  }

  async assess(goal: LayerGoal): Promise<LayerPlan> {
    return this.reverter.assess(this.target, await this.observe(), goal, this.ctx);
  }

  /** The one step of a plan that must have one. */
  async stepTo(goal: LayerGoal): Promise<LayerStep> {
    const plan = await this.assess(goal);
    const [step] = plan.kind === 'steps' ? plan.steps : [];
    if (step === undefined) throw new Error(`expected a step: ${JSON.stringify(plan)}`);
    return step;
  }

  async relate(step: LayerStep) {
    return this.reverter.relate(await this.observe(), step);
  }

  dryRun(step: LayerStep) {
    return this.reverter.dryRun(this.target, step, this.ctx);
  }

  revert(step: LayerStep) {
    return this.reverter.revert(this.target, step, this.ctx);
  }

  verify(step: LayerStep) {
    return this.reverter.verify(this.target, step, this.ctx);
  }
}

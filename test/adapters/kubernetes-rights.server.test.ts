import { createWorld } from '../../src/adapters/world';
import { LastgoodError } from '../../src/domain/errors';
import type {
  LayerGoal,
  LayerPlan,
  LayerStep,
  Measurement,
  Rehearsal,
  Reverter,
  ReverterContext,
} from '../../src/domain/reverter';
import { reverters } from '../../src/reverters';
import { documentedRights, type NeededRight } from '../deploy/rights';
import { CaptureMemory, contextIn } from '../fakes/context';
import { describeWithServer } from '../servers/describe-with-server';
import { accountWith } from '../servers/kubernetes/account';
import { roads, type Road } from './kubernetes-roads';

/** How far a rollback came: `done`, or where it stopped and what it was told. */
interface End {
  readonly at: 'look' | 'rehearsal' | 'write' | 'check' | 'done';
  readonly why: string;
}

const documented = documentedRights();

describeWithServer('kubernetes', 'the least rights of a Kubernetes layer', (kubeconfig = '') => {
  proveOn(
    roads.filter(({ needs }) => needs === undefined),
    kubeconfig,
  );

  it('is taken on roads that use every documented right', () => {
    const used = roads.flatMap(({ layer, uses }) => uses.map((right) => `${layer}: ${right}`));
    const listed = documented.map((right) => `${right.layer}: ${nameOf(right)}`);
    expect(listed.toSorted()).toEqual([...new Set(used)].sort());
  });
});

describeWithServer(['kubernetes', 'argo-rollouts'], 'the least rights of argo-rollout', (kubeconfig = '') => {
  proveOn(
    roads.filter(({ needs }) => needs === 'argo-rollouts'),
    kubeconfig,
  );
});

function proveOn(some: readonly Road[], kubeconfig: string): void {
  it.each(some.map((road) => [road.layer, road.title, road] as const))(
    '%s, %s: a rollback is carried out with the documented rights, and each one less is named or done without',
    async (layer, _title, road) => {
      const uses = documented.filter((right) => right.layer === layer && road.uses.includes(nameOf(right)));
      const needed = uses.filter(({ stopsAt }) => stopsAt !== undefined);
      const stage = await Stage.open(road, kubeconfig, needed);
      try {
        const early = needed.filter(({ stopsAt }) => stopsAt === 'look' || stopsAt === 'rehearsal');
        const late = needed.filter((right) => !early.includes(right));
        const ends = await Promise.all(early.map((missing) => stage.without(missing)));
        for (const missing of late) ends.push(await stage.without(missing));
        expect([...early, ...late].map((missing, index) => summary(missing, ends[index]!))).toEqual(
          [...early, ...late].map(expectation),
        );
        // All that is only useful is missing, too.
        expect(await stage.with(needed)).toEqual({ at: 'done', why: '' });
      } finally {
        await stage.scene.close();
      }
    },
    120_000,
  );
}

function nameOf({ resource, verb }: NeededRight): string {
  return `${verb} ${resource}`;
}

/** The bad release live, the good one captured, and accounts that try to go back. */
class Stage {
  private constructor(
    private readonly kubeconfig: string,
    private readonly reverter: Reverter<unknown>,
    private readonly needed: readonly NeededRight[],
    readonly scene: OpenRoad,
    private readonly captures = new CaptureMemory(),
    private goal: LayerGoal = { version: scene.good },
  ) {}

  static async open(road: Road, kubeconfig: string, needed: readonly NeededRight[]): Promise<Stage> {
    const reverter = reverters.get(road.layer);
    if (reverter === undefined) throw new Error(`there is no layer ${road.layer}`);
    const stage = new Stage(kubeconfig, reverter, needed, await road.open(kubeconfig));
    await stage.scene.deploy('good');
    const target = await stage.targetFor(needed);
    const seen = await reverter.observe(target, stage.ctx);
    const capture = stage.captures.put(seen.fingerprint, await reverter.capture(target, seen, stage.ctx));
    stage.goal = { version: stage.scene.good, capture };
    await stage.scene.deploy('bad');
    return stage;
  }

  without(missing: NeededRight): Promise<End> {
    return this.with(this.needed.filter((right) => right !== missing));
  }

  async with(rights: readonly NeededRight[]): Promise<End> {
    const { reverter, ctx } = this;
    const target = await this.targetFor(rights);
    let at: Exclude<End['at'], 'done'> = 'look';
    try {
      const steps = await this.steps(target);
      at = 'rehearsal';
      for (const step of steps) requirePassed(await reverter.dryRun(target, step, ctx));
      for (const step of steps) {
        at = 'write';
        await reverter.revert(target, step, ctx);
        at = 'check';
        requireOk(await reverter.verify(target, step, ctx));
      }
      return { at: 'done', why: '' };
    } catch (thrown) {
      if (!(thrown instanceof LastgoodError)) throw thrown;
      return { at, why: [thrown.text.what, thrown.text.why].join(' ') };
    }
  }

  /** The way back; an attempt that got there although it could not see it makes a new beginning. */
  private async steps(target: unknown): Promise<readonly LayerStep[]> {
    const assess = async (): Promise<LayerPlan> =>
      this.reverter.assess(target, await this.reverter.observe(target, this.ctx), this.goal, this.ctx);
    const plan = await assess();
    if (plan.kind !== 'at-target') return stepsOf(plan);
    await this.scene.deploy('bad');
    return stepsOf(await assess());
  }

  /** The target of the scene, reached by an account that has these rights and no others. */
  private async targetFor(rights: readonly NeededRight[]): Promise<unknown> {
    const account = await accountWith(this.kubeconfig, this.scene.target['namespace'] as string, rights);
    const parsed = this.reverter.target.parse({ ...this.scene.target, kubeconfig: account });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    return parsed.target;
  }

  private get ctx(): ReverterContext {
    return contextIn(createWorld(), { captures: this.captures });
  }
}

type OpenRoad = Awaited<ReturnType<Road['open']>>;

function requirePassed({ result, why = '' }: Rehearsal): void {
  if (result !== 'passed') throw new LastgoodError('KUBERNETES_REFUSED', { what: why });
}

function requireOk(measured: readonly Measurement[]): void {
  const failed = measured.filter(({ ok }) => !ok);
  if (failed.length > 0) throw new Error(JSON.stringify(failed));
}

function stepsOf(plan: LayerPlan): readonly LayerStep[] {
  if (plan.kind === 'steps') return plan.steps;
  throw new Error(JSON.stringify(plan));
}

/** `without patch deployments.apps: stops at the rehearsal and names it`. */
function summary({ resource, verb }: NeededRight, { at, why }: End): string {
  const [name = '', ...group] = resource.split('.');
  const isNamed = why.includes(`cannot ${verb} resource "${name}" in API group "${group.join('.')}"`);
  const end = at === 'done' ? 'goes on' : `stops at the ${at} and ${isNamed ? 'names it' : `says ${why}`}`;
  return `without ${verb} ${resource}: ${end}`;
}

function expectation({ resource, verb, stopsAt }: NeededRight): string {
  const end = stopsAt === undefined ? 'goes on' : `stops at the ${stopsAt} and names it`;
  return `without ${verb} ${resource}: ${end}`;
}

import { digestOf } from '../../src/digest';
import type { LayerGoal, LayerStep, Observation, Reverter, StepLimits } from '../../src/domain/reverter';

/** One change of one fake layer, in the order in which the outside saw it. */
export interface InstantWrite {
  readonly name: string;
  readonly version: string;
  readonly operation: string;
}

/**
 * An outside of layers that change at once: its own state, its own journal, and switches that break it. `payments@eu` is
 * the placement `eu` of `payments`: the same artifacts.
 */
export class InstantLayers {
  readonly versions = new Map<string, string>();
  readonly journal: InstantWrite[] = [];
  /** Reverts of this name fail this many times before they work. */
  readonly failures = new Map<string, number>();
  /** Reverts of this name accept the write and do not run it. */
  readonly liars = new Set<string>();
  /** Names that are flags: on, or off. */
  readonly flags = new Set<string>();
  /** Names that move by halves: after the first, the checks are watched for this many ms. */
  readonly gradual = new Map<string, number>();
  /** Called before each write: a place to crash, wait or drift. */
  beforeWrite: (name: string) => Promise<void> = () => Promise.resolve();

  private readonly held: (() => void)[] = [];

  constructor(versions: Readonly<Record<string, string>>) {
    for (const [name, version] of Object.entries(versions)) this.versions.set(name, version);
  }

  /** From now on every write waits until it is let go. */
  holdWrites(): void {
    this.beforeWrite = () => new Promise((resolve) => void this.held.push(resolve));
  }

  /** Lets all writes go, those that wait and those that come. */
  letGo(): void {
    this.beforeWrite = () => Promise.resolve();
    for (const go of this.held.splice(0)) go();
  }

  /** The reverter that knows these layers. Its target is `{name}`. */
  reverter(limits: Partial<StepLimits> = {}): Reverter<{ readonly name: string }> {
    const observe = (name: string): Observation => this.observe(name);
    return {
      switchOff: ({ name }, seen) => {
        if (!this.flags.has(name)) return undefined;
        const off: LayerStep = { ...this.step(name, seen, 'off'), accepts: 'any' };
        const restore = this.step(name, { ...seen, fingerprint: off.to }, seen.version ?? '');
        return { off, restore };
      },
      quiesced: ({ name }, seen, steps) => this.quiesced(name, seen, steps),
      layer: 'instant',
      about: 'A layer of the tests that changes at once.',
      target: {
        parse: (value) => ({ ok: true, target: value as { readonly name: string } }),
        jsonSchema: {},
      },
      limits: () => ({ attemptMs: 10_000, heartbeatMs: 3_000, attempts: 2, settleMs: 1_000, ...limits }),
      observe: ({ name }) => Promise.resolve(observe(name)),
      capture: (_target, seen) => Promise.resolve({ version: seen.version ?? '' }),
      assess: ({ name }, seen, goal) => Promise.resolve(this.assess(name, seen, goal)),
      relate: (seen, step) => {
        if (seen.fingerprint === step.to) return 'target';
        return seen.fingerprint === step.from ? 'from' : 'elsewhere';
      },
      dryRun: () => Promise.resolve({ result: 'passed', level: 'the version is known' }),
      revert: async ({ name }, step, ctx) => {
        const before = observe(name);
        if (before.fingerprint === step.to) return { kind: 'already-there', writes: 0, seen: before };
        if (before.fingerprint !== step.from) return { kind: 'drift', writes: 0, seen: before };
        await this.beforeWrite(name);
        await this.write(name, versionOf(step), ctx.operation);
        return { kind: 'reverted', writes: 1, seen: observe(name) };
      },
      verify: ({ name }, step) => {
        const seen = observe(name);
        const ok = seen.fingerprint === step.to && !this.liars.has(name);
        return Promise.resolve([
          {
            name: 'version',
            ok,
            seen: ok ? (seen.version ?? '') : 'something else',
            expected: versionOf(step),
          },
        ]);
      },
    };
  }

  private observe(name: string): Observation {
    const version = this.versions.get(name) ?? 'none';
    const fingerprint = digestOf({ version });
    return {
      fingerprint,
      settled: true,
      version,
      digest: artifactDigest(name.replace(/@.*/, ''), version),
      health: 'healthy',
      summary: `${name} runs ${version}`,
      state: { version },
      candidates: [],
    };
  }

  private assess(name: string, seen: Observation, goal: LayerGoal) {
    const to = digestOf({ version: goal.version });
    if (seen.fingerprint === to) return { kind: 'at-target', fingerprint: to } as const;
    return {
      kind: 'steps',
      steps: this.parts(name, seen, goal.version),
      loses: [],
      cannotUndo: [],
      risks: [],
      sources: [{ kind: 'memory', available: true }],
    } as const;
  }

  /** `half 3.0.9`, `3.0.9` where it moves gradually. */
  private parts(name: string, seen: Observation, version: string): readonly LayerStep[] {
    const checkAfterMs = this.gradual.get(name);
    if (checkAfterMs === undefined) return [this.step(name, seen, version)];
    const half = this.step(name, seen, `half ${version}`);
    return [{ ...half, checkAfterMs }, this.step(name, { ...seen, fingerprint: half.to }, version)];
  }

  private step(name: string, seen: Observation, version: string): LayerStep {
    return {
      from: seen.fingerprint,
      to: digestOf({ version }),
      goal: { version },
      guard: 'atomic',
      reversibility: 'reversible',
      summary: `${name} to ${version}`,
      estimateMs: 1_000,
    };
  }

  /** `stopped 3.1.0`, `stopped 3.0.9`, `3.0.9`: all that stands between is at a stop. */
  private quiesced(name: string, seen: Observation, steps: readonly LayerStep[]): readonly LayerStep[] {
    const target = versionOf(steps.at(-1)!);
    const at = (version: string): Observation => ({ ...seen, fingerprint: digestOf({ version }) });
    const stopped = `stopped ${seen.version ?? ''}`;
    return [
      { ...this.step(name, seen, stopped), phase: 'stop' },
      this.step(name, at(stopped), `stopped ${target}`),
      { ...this.step(name, at(`stopped ${target}`), target), phase: 'start' },
    ];
  }

  private async write(name: string, version: string, operation: string): Promise<void> {
    const left = this.failures.get(name) ?? 0;
    if (left > 0) {
      this.failures.set(name, left - 1);
      throw new Error(`${name} does not take ${version}`);
    }
    this.versions.set(name, version);
    this.journal.push({ name, version, operation });
    await Promise.resolve();
  }
}

/** The artifact digest that a fake layer reports for a version. */
export function artifactDigest(name: string, version: string): string {
  return digestOf({ name, version });
}

function versionOf({ goal }: LayerStep): string {
  return goal['version'] as string;
}

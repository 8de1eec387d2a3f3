import type { Effect } from '../domain/consideration';
import type { OnFailure } from '../domain/catalog';
import type { SteeringMemory } from './messages';
import type { RollbackRecord } from './record';
import type { UnitStates } from './unit-states';

/** What was said about a unit, until dispatch takes it up. */
type Word = Extract<Effect, { kind: 'retry' | 'skip' | 'continue' }> & { readonly by: string; readonly reason: string };

/** A hold that a person asked for: who, since when, and until when at most. */
export interface Pause {
  readonly by: string;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/**
 * What people and the catalog's failure policy want of a rollback that is carried out. Dispatch asks it before every
 * start; what was said about units waits here until dispatch takes it up, so that it acts at one place and once.
 */
export class Steering {
  /** Set when somebody said stop, or the workflow was cancelled. */
  stopping: string | undefined;
  paused: Pause | undefined;
  /** A stop by the catalog's policy is a failure, a stop by a person is not. */
  stopsAs: 'stopped' | 'failed' = 'stopped';
  /** Who wants the bad releases back, until that is planned and decided. */
  reinstating: string | undefined;
  /** The bad releases are being put back: who wants that again is told that it is being done. */
  isGoingBack = false;
  onFailure: OnFailure = 'hold';
  /** Grows with everything that is said: dispatch looks again when it has changed. */
  turns = 0;
  private readonly words: Word[] = [];
  /** Failed units that nobody has decided about: they keep everything else from starting. */
  private readonly undecided = new Set<string>();
  /** Units that somebody wants tried again, whatever else has failed. */
  private readonly released = new Set<string>();
  private readonly retriedOnce = new Set<string>();
  private readonly skippedSteps = new Map<string, { readonly by: string; readonly reason: string }>();

  constructor(private readonly record: RollbackRecord) {}

  /** Between two steps: what runs ends here. */
  get halts(): boolean {
    return this.stopping !== undefined || this.paused !== undefined || this.reinstating !== undefined;
  }

  mayStart(unit: string): boolean {
    return !this.halts && (this.undecided.size === 0 || this.released.has(unit));
  }

  /** Somebody wants this unit tried again. */
  wasReleased(unit: string): boolean {
    return this.released.has(unit);
  }

  /** Something failed that nobody has decided about. */
  get isUndecided(): boolean {
    return this.undecided.size > 0;
  }

  /** Nobody wants anything that has not been taken up. */
  get isQuiet(): boolean {
    return !this.halts && this.words.length === 0 && this.undecided.size === 0;
  }

  /** Somebody said what becomes of units, and dispatch has not taken it up. */
  get hasWords(): boolean {
    return this.words.length > 0;
  }

  memory(): SteeringMemory {
    return { retriedOnce: [...this.retriedOnce], skippedSteps: [...this.skippedSteps] };
  }

  recall({ retriedOnce, skippedSteps }: SteeringMemory): void {
    for (const unit of retriedOnce) this.retriedOnce.add(unit);
    for (const [step, word] of skippedSteps) this.skippedSteps.set(step, word);
  }

  /** Another plan is carried out: what was said about the units of the one before is over. */
  begin(onFailure: OnFailure, isGoingBack = false): void {
    this.onFailure = onFailure;
    this.isGoingBack = isGoingBack;
    this.reinstating = undefined;
    this.words.length = 0;
    for (const memory of [this.undecided, this.released, this.retriedOnce, this.skippedSteps]) memory.clear();
  }

  /** Nothing is put back: what failed is asked about again; where nothing had failed it stays paused, not going on by itself. */
  holdAfterReinstate(withinMs: number): void {
    this.isGoingBack = false;
    this.reinstating = undefined;
    if (!this.isUndecided && this.paused === undefined) this.pause('lastgood', Date.now() + withinMs);
  }

  isSkipped(step: string): boolean {
    return this.skippedSteps.has(step);
  }

  say(word: Word): void {
    this.words.push(word);
    this.turns += 1;
  }

  stop(why: string): void {
    this.stopping ??= why;
    this.turns += 1;
  }

  pause(by: string, untilMs: number): void {
    this.paused = { by, sinceMs: Date.now(), untilMs };
    this.record.add({ kind: 'paused', by, untilMs });
    this.turns += 1;
  }

  resume(by: string): void {
    this.paused = undefined;
    this.record.add({ kind: 'resumed', by });
    this.turns += 1;
  }

  /** Takes the place of a pause: what is put back waits for its own approval. */
  reinstate(by: string): void {
    if (this.paused !== undefined) this.resume(by);
    this.reinstating ??= by;
    this.turns += 1;
  }

  /** Takes up what was said about units. */
  apply(states: UnitStates): void {
    for (const word of this.words.splice(0)) this.applyWord(word, states);
  }

  /** A unit was done without its skipped steps: it is not at its target. */
  endedWithout(unit: string, steps: readonly string[]): void {
    const [word] = steps.flatMap((step) => this.skippedSteps.get(step) ?? []);
    if (word !== undefined) this.record.add({ kind: 'unit-skipped', unit, ...word });
  }

  /** A unit has failed: what the catalog's policy makes of it. */
  failed(unit: string, why: string): 'failed' | 'waiting' {
    this.released.delete(unit);
    switch (this.onFailure) {
      case 'retry':
        return this.retryOnce(unit);
      case 'continue':
        return 'failed';
      case 'reinstate':
        this.reinstating ??= 'policy onFailure: reinstate';
        break;
      case 'stop':
        this.stopsAs = this.stopping === undefined ? 'failed' : this.stopsAs;
        this.stop(`${unit} failed (${why}), and the catalog says onFailure: stop`);
        break;
      case 'hold':
        break;
      default:
        return this.onFailure;
    }
    this.undecided.add(unit);
    return 'failed';
  }

  private retryOnce(unit: string): 'failed' | 'waiting' {
    if (!this.retriedOnce.has(unit)) {
      this.retriedOnce.add(unit);
      this.record.add({ kind: 'unit-retried', unit, by: 'policy onFailure: retry' });
      return 'waiting';
    }
    this.undecided.add(unit);
    return 'failed';
  }

  private applyWord(word: Word, states: UnitStates): void {
    if (word.kind === 'continue') return this.undecided.clear();
    const { unit, by, reason } = word;
    const state = states.get(unit);
    if (state !== 'failed' && state !== 'waiting') return;
    this.undecided.delete(unit);
    if (word.kind === 'retry') {
      states.set(unit, 'waiting');
      this.released.add(unit);
      this.record.add({ kind: 'unit-retried', unit, by });
      return;
    }
    const { step } = word;
    states.set(unit, step === undefined ? 'skipped' : 'waiting');
    if (step !== undefined) {
      this.skippedSteps.set(step, { by, reason });
      this.released.add(unit);
    }
    this.record.add({ kind: 'unit-skipped', unit, by, reason, ...(step === undefined ? {} : { step }) });
  }
}

import type { Hold, Mark, ReleaseEvent } from '../../domain/release';

/** A mark or the lifting of one, as it was said. Rows are never removed; what holds is derived. */
export interface SaidMark extends Mark {
  readonly lifted: boolean;
}

/** A hold or the lifting of one. */
export interface SaidHold extends Hold {
  readonly lifted: boolean;
}

/**
 * Marks that nobody lifted, oldest first. In one environment: those that hold everywhere or there, also after a lift
 * that was narrowed to it. Without an environment: a narrowed lift does not end what holds everywhere.
 */
export function marksInForce(said: readonly SaidMark[], environment?: string): readonly Mark[] {
  const applying = environment === undefined ? said : said.filter((one) => appliesIn(one, environment));
  return applying
    .filter((one, at) => !one.lifted && !applying.slice(at + 1).some((later) => endsMark(later, one, environment)))
    .map(({ lifted: _lifted, ...mark }) => mark);
}

/** Holds that nobody lifted, oldest first. */
export function holdsInForce(said: readonly SaidHold[]): readonly Hold[] {
  return said
    .filter((one, at) => !one.lifted && !said.slice(at + 1).some((later) => endsHold(later, one)))
    .map(({ lifted: _lifted, ...hold }) => hold);
}

/** A word on a release as one of the events that `standing` reads. */
export function markEvent({ lifted, atMs, mark, by, reason }: SaidMark): ReleaseEvent {
  return { kind: lifted ? 'lifted' : 'marked', atMs, mark, by, reason };
}

/** True for a word that holds everywhere or in this environment. */
export function appliesIn({ environment }: Pick<Mark, 'environment'>, wanted: string): boolean {
  return environment === undefined || environment === wanted;
}

function endsMark(later: SaidMark, earlier: SaidMark, environment: string | undefined): boolean {
  return (
    later.lifted &&
    later.component === earlier.component &&
    later.digest === earlier.digest &&
    later.mark === earlier.mark &&
    (environment !== undefined || later.environment === undefined || later.environment === earlier.environment)
  );
}

function endsHold(later: SaidHold, earlier: SaidHold): boolean {
  return later.lifted && later.environment === earlier.environment && later.component === earlier.component;
}

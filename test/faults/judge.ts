import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gather } from './evidence';
import { OwnGround, type Ground } from './ground';
import { outcomeOf, violations } from './invariants';
import type { Row } from './row';
import { Stage } from './stage';

/** How one row came out. */
export interface Verdict {
  readonly row: Row;
  readonly problems: readonly string[];
  /** How it ended and what else was seen: `confirmed, 2 deaths`. */
  readonly seen: string;
  /** What the targets wrote down: `4 effects, 1 refused`. */
  readonly effects: string;
  readonly seconds: number;
}

/** Plays one row on a stage of its own in this directory, and judges it by what others than Lastgood know. */
export async function judge(row: Row, shared: Ground, directory: string): Promise<Verdict> {
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const own = row.own === true ? await new OwnGround(join(directory, 'servers')).open() : undefined;
  const stage = new Stage(directory, own ?? shared, row.catalog === undefined ? {} : { catalog: row.catalog });
  const began = Date.now();
  const verdict = (problems: readonly string[], seen: string, effects: string): Verdict => {
    return { row, problems, seen, effects, seconds: Math.round((Date.now() - began) / 100) / 10 };
  };
  try {
    await stage.open(row.worker);
    const { run, expected, seen } = await row.play(stage, own);
    const evidence = await gather(stage, run);
    const ours = evidence.journal.filter(({ by }) => by !== 'deploy');
    const refused = ours.filter(({ kind }) => kind === 'refused').length;
    const effects = `${ours.length - refused}${refused === 0 ? '' : `, ${refused} refused`}`;
    const outcome = run === undefined ? 'none begun' : outcomeOf(evidence.events, evidence.status);
    const heard = [outcome, ...(seen === undefined ? [] : [seen])].join('; ');
    return verdict(violations(evidence, expected, stage.canaries), heard, effects);
  } catch (thrown) {
    return verdict([thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)], 'fault', '?');
  } finally {
    await stage.close();
    await own?.close();
  }
}

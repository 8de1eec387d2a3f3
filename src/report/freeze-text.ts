import type { Freeze } from '../domain/custody';
import { commands } from './commands';
import { oneLine } from './escape';
import { utcClock } from './time';

/** `FROZEN by ana since 10:31 UTC: "the database is on fire"; no write goes out until:  lastgood freeze-writes off …` */
export function frozenText({ by, reason, sinceMs }: Freeze): string {
  const since = `FROZEN by ${oneLine(by, 80)} since ${utcClock(sinceMs)} UTC: "${oneLine(reason, 200)}"`;
  return `${since}; no write goes out until somebody lifts it:  ${commands.thaw()}`;
}

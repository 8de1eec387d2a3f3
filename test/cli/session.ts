import type { Cli } from '../../src/cli/session';
import type { FakeLastgood } from '../fakes/lastgood';
import type { FakeTerminal } from '../fakes/terminal';
import { nowMs } from '../report/fixtures';

/** A session without servers, whose clock goes on by a second at each look. */
export function sessionOf(terminal: FakeTerminal, lastgood: FakeLastgood, environment: NodeJS.ProcessEnv = {}): Cli {
  let clockMs = nowMs;
  return {
    terminal,
    environment,
    pace: { lookMs: 1, silenceMs: 5_000, patienceMs: 20_000 },
    now: () => (clockMs += 1_000),
    exitCode: 0,
    async withLastgood(run) {
      try {
        return await run(lastgood);
      } finally {
        await lastgood.close();
      }
    },
  };
}

/** The words of a line as a POSIX shell would hand them over, as far as quotes go. */
export function words(line: string): string[] {
  const parts = line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g);
  return [...parts].map(([part]) =>
    part.replaceAll(
      /"([^"]*)"|'([^']*)'/g,
      (_all, double: string | undefined, single: string | undefined) => double ?? single ?? '',
    ),
  );
}

import { runProgram } from '../../src/cli/program';
import { FakeLastgood } from '../fakes/lastgood';
import { FakeTerminal } from '../fakes/terminal';
import { complaintsAbout } from './complaint';
import { sessionOf, words } from './session';

/** What a command line is typed into. */
export interface Scene {
  readonly terminal?: FakeTerminal;
  readonly lastgood?: FakeLastgood;
  readonly environment?: NodeJS.ProcessEnv;
}

/** How a command line ended. */
export interface Ended {
  readonly code: number;
  readonly terminal: FakeTerminal;
  readonly lastgood: FakeLastgood;
}

/** Types one command line and waits for its end. Whatever it says to people, the commands in it can be typed. */
export async function typed(line: string, scene: Scene = {}): Promise<Ended> {
  const { terminal = new FakeTerminal(), lastgood = new FakeLastgood(), environment = {} } = scene;
  const code = await runProgram(sessionOf(terminal, lastgood, environment), words(line));
  const said = [...terminal.out, ...terminal.err, ...terminal.screens].filter((text) => !/^(Usage:|\{|\[)/.test(text));
  expect(await complaintsAbout(said.join('\n'))).toEqual([]);
  return { code, terminal, lastgood };
}

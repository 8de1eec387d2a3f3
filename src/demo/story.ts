import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { killInTheMiddle } from './crash';
import type { RunningDev } from './dev-process';
import { judgeJournals } from './journals';
import { command, say, title } from './narration';
import type { DemoOptions } from './options';
import type { Programs } from './programs';
import type { Shop } from './shop';

/** Good version, and the coordinated bad one: payments 2.x needs orders 2.x, which fails a fifth of its requests. */
const goodVersion = '1.1.0';
const badVersion = '2.0.0';

/** Everything the story is played with. */
export interface Stage {
  readonly options: DemoOptions;
  readonly shop: Shop;
  readonly programs: Programs;
  readonly dev: RunningDev;
  /** Ends the story between two of its sentences. */
  readonly stopping: AbortSignal;
}

/**
 * The whole product in its smallest true form: services are broken by a bad deployment and brought back. Everything
 * it does is a command that a person could type. Answers with the exit code of the rollback.
 */
export async function story(stage: Stage): Promise<number> {
  const { options, shop, programs, stopping } = stage;
  title('Day one: what is live now');
  await programs.must('import', 'demo');
  title(`A good deployment: ${goodVersion}`);
  await deploy(stage, 'deploy-1', goodVersion);
  say('it soaks: known-good takes 5 s of life and a passing check (15 min by default)');
  await delay(5_000, undefined, { signal: stopping });
  const along = options.kubernetes ? 'with other settings' : 'with the flag new-payment-flow on';
  title(`A bad deployment: ${badVersion} of both, ${along}`);
  await deploy(stage, 'deploy-2', badVersion);
  await shop.untilErrorRateAbove(0.05, say, stopping);
  title('The rollback');
  const code = await rollBack(stage);
  title('Afterwards');
  await programs.lastgood('gate', 'demo', `orders@${badVersion}`);
  await programs.lastgood('gate', 'demo', `payments@${badVersion}`);
  await programs.lastgood('history', 'demo');
  if (code !== 0) return code;
  title('What the targets themselves wrote down');
  const { ok, lines } = judgeJournals(shop.directory, shop.legalOrder(goodVersion));
  lines.forEach(say);
  return ok ? 0 : 5;
}

/** What a pipeline does: begin, deploy, finish. */
async function deploy({ shop, programs }: Stage, deployment: string, version: string): Promise<void> {
  const file = join(shop.directory, `${deployment}.yaml`);
  writeFileSync(file, await shop.manifest(deployment, version));
  await programs.must('release', 'begin', '-f', file);
  await shop.deploy('orders', version);
  await shop.deploy('payments', version);
  await programs.must('release', 'finish', 'demo', deployment);
}

async function rollBack(stage: Stage): Promise<number> {
  const { options, shop, dev, stopping } = stage;
  const over = new AbortController();
  const killed = options.crash
    ? killInTheMiddle('worker', shop, dev, goodVersion, AbortSignal.any([over.signal, stopping]))
    : undefined;
  try {
    return await askAndWatch(stage);
  } finally {
    over.abort();
    if (killed !== undefined) say(crashText(await killed, dev.pid('worker')));
  }
}

async function askAndWatch({ options, programs, dev }: Stage): Promise<number> {
  // A Temporal server of somebody else may remember the key of an earlier demo.
  const key = `demo-${Date.now().toString(36)}`;
  const approval = options.yes ? ['--yes'] : [];
  if (!options.yes) {
    say('you approve the plan: here, when it asks; or in another terminal, as soon as it is there:');
    command(programs.typed('approve', key));
    say(`or in the Temporal UI, ${dev.uiUrl}: the workflow's current details say what to paste\n`);
  }
  const reason = ['--reason', 'a fifth of all orders fail'];
  const code = await programs.lastgood('rollback', 'demo', 'orders', ...reason, '--key', key, ...approval);
  if (code !== waitingForHuman) return code;
  say('the rollback waits until it is approved elsewhere, and so does this demo');
  return programs.lastgood('status', key, '--watch');
}

/** Exit code of a rollback that was left waiting (`lastgood rollback --help`). */
const waitingForHuman = 6;

function crashText(killed: number | undefined, now: number): string {
  return killed === undefined
    ? 'the worker was not killed: payments was never in the middle of a revert'
    : `the worker (process ${killed}) was killed with SIGKILL while payments was being switched; process ${now} went on\n`;
}

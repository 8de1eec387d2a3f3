import { createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { claimPidFile } from '../adapters/daemon';
import { dataDirectory } from '../contract/settings';
import { asLastgoodError, LastgoodError } from '../domain/errors';
import { startDev, type RunningDev } from './dev-process';
import { judgeJournals } from './journals';
import { killWorkerInTheMiddle } from './crash';
import { say, title } from './narration';
import { createPrograms, type Programs } from './programs';
import { manifestOf, Shop } from './shop';

/** What `npm run demo` was told. */
interface DemoOptions {
  /** Approve the plan as yourself: for machines. */
  readonly yes: boolean;
  /** Kill the worker with SIGKILL in the middle of a revert. */
  readonly crash: boolean;
}

/** Good version, and the coordinated bad one: payments 2.x needs orders 2.x, which fails a fifth of its requests. */
const goodVersion = '1.1.0';
const badVersion = '2.0.0';

/**
 * The whole product in its smallest true form: real processes are broken by a bad deployment and brought back. Everything
 * it does is a command that a person could type.
 */
async function demo(options: DemoOptions): Promise<number> {
  const base = join(dataDirectory(process.env), 'demo');
  const directory = join(base, 'run');
  mkdirSync(base, { recursive: true, mode: 0o711 });
  const other = claimPidFile(join(base, 'demo.pid'));
  if (other !== undefined)
    throw new LastgoodError('BAD_REQUEST', {
      what: `a demo runs already: process ${other.pid}`,
      next: 'end it with Ctrl-C, then start again',
    });
  const shop = new Shop(join(directory, 'shop'));
  const programs = createPrograms(directory);
  await shop.stop();
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { mode: 0o711 });
  let dev: RunningDev | undefined;
  // The terminal sends Ctrl-C to the commands that run as well: they end, and with them the story; then we clear up.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => (process.exitCode = 9));
  try {
    title('A shop of real processes, and Lastgood beside it');
    await shop.seed();
    dev = await startDev(directory, shop.catalog, createWriteStream(join(directory, 'dev.log')));
    await shop.start();
    return await story(options, shop, programs, dev);
  } finally {
    title('Stopping everything');
    await shop.stop();
    await dev?.stop();
    rmSync(join(base, 'demo.pid'), { force: true });
    say(`the files stay in ${directory}`);
  }
}

async function story(options: DemoOptions, shop: Shop, programs: Programs, dev: RunningDev): Promise<number> {
  title('Day one: what is live now');
  await programs.lastgood('import', 'demo');
  title(`A good deployment: ${goodVersion}`);
  await deploy(shop, programs, 'deploy-1', goodVersion);
  say('it soaks: known-good takes 5 s of life and a passing check (15 min by default)');
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  title(`A bad deployment: ${badVersion} of both, with the flag new-payment-flow on`);
  await deploy(shop, programs, 'deploy-2', badVersion);
  await shop.untilErrorRateAbove(0.05, say);

  title('The rollback');
  const crash = options.crash ? killWorkerInTheMiddle(shop, dev, goodVersion) : undefined;
  const approval = options.yes ? ['--yes'] : [];
  let code = await programs.lastgood(
    'rollback',
    'demo',
    'orders',
    '--reason',
    'a fifth of all orders fail',
    '--key',
    'demo-1',
    ...approval,
  );
  if (code === 6) {
    say(`approve it in another terminal, or in the Temporal UI: ${dev.uiUrl}`);
    code = await programs.lastgood('status', 'demo-1', '--watch');
  }
  if (crash !== undefined) say(await crash);

  title('Afterwards');
  await programs.lastgood('gate', 'demo', `orders@${badVersion}`);
  await programs.lastgood('gate', 'demo', `payments@${badVersion}`);
  await programs.lastgood('history', 'demo');
  const verdict = judgeJournals(shop.directory, goodVersion);
  title('What the targets themselves wrote down');
  for (const line of verdict.lines) say(line);
  return code === 0 && !verdict.ok ? 5 : code;
}

/** What a pipeline does: begin, deploy, finish. */
async function deploy(shop: Shop, programs: Programs, deployment: string, version: string): Promise<void> {
  const file = join(shop.directory, `${deployment}.yaml`);
  writeFileSync(file, await manifestOf(shop.directory, deployment, version));
  await programs.must('release', 'begin', '-f', file);
  await shop.deploy('orders', version);
  await shop.deploy('payments', version);
  await programs.must('release', 'finish', 'demo', deployment);
}

const { values } = parseArgs({
  options: { yes: { type: 'boolean', default: false }, crash: { type: 'boolean', default: false } },
});

demo(values).then(
  (code) => {
    process.exitCode = code;
  },
  (thrown: unknown) => {
    const error = asLastgoodError(thrown);
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  },
);

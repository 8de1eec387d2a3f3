// `npm run check`: the quick steps side by side, one a core, then the unit tests. Says which step failed, and its words.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

const failed = [];
const waiting = ['types', 'format', 'lint', 'import-law', 'dead-code'];
await Promise.all(Array.from({ length: availableParallelism() }, runWaiting));
if (failed.length === 0) await run('unit');
if (failed.length > 0) process.stdout.write(`\nfailed: ${failed.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function runWaiting() {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) await run(step);
}

/** What the unit tests say is shown at once; of the others only what they say when they fail. */
async function run(step) {
  const startedMs = performance.now();
  const stdio = step === 'unit' ? 'inherit' : ['ignore', 'pipe', 'pipe'];
  const child = spawn('npm', ['run', '-s', step], { stdio });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => void said.push(data));
  const code = await new Promise((settle) => child.once('close', settle));
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${step.padEnd(12)}${seconds.padStart(6)} s\n`);
  if (code === 0) return;
  failed.push(step);
  process.stdout.write(Buffer.concat(said));
}

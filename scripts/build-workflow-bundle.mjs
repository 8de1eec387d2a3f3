// Bundles the workflows once, after tsc, so that a worker starts in milliseconds and every worker runs the same bytes.
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const dist = resolve(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const problems = [];
const logger = {
  log: () => {},
  trace: () => {},
  debug: () => {},
  info: () => {},
  warn: (message) => problems.push(message),
  error: (message) => problems.push(message),
};
const { code } = await bundleWorkflowCode({
  workflowsPath: resolve(dist, 'workflows/index.js'),
  payloadConverterPath: resolve(dist, 'temporal/payload-converter.js'),
  workflowInterceptorModules: [resolve(dist, 'workflows/sender.js')],
  webpackConfigHook: (config) => ({ ...config, devtool: false }),
  logger,
});
if (problems.length > 0) throw new Error(problems.join('\n'));
await mkdir(dist, { recursive: true });
await writeFile(resolve(dist, 'workflow-bundle.js'), code);
const sha256 = createHash('sha256').update(code).digest('hex');
await writeFile(resolve(dist, 'workflow-bundle.json'), `${JSON.stringify({ sha256, bytes: code.length })}\n`);
process.stdout.write(`workflow bundle ${Math.round(code.length / 1024)} KB, build ${sha256.slice(0, 12)}\n`);

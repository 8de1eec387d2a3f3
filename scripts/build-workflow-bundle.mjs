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
  logger,
});
if (problems.length > 0) throw new Error(problems.join('\n'));
// Path of our payload converter in the bundle. The bundler takes a converter that it does not find for one that is not wanted.
if (!code.includes('temporal/payload-converter')) throw new Error('the bundle lacks the payload converter');
await mkdir(dist, { recursive: true });
await writeFile(resolve(dist, 'workflow-bundle.js'), code);
const sha256 = createHash('sha256').update(code).digest('hex');
// The worker wants its source map inside; what runs is what stands before it.
const bytes = code.indexOf('//# sourceMappingURL=data:');
if (bytes < 0) throw new Error('the bundle has no source map, and the worker does not load it without one');
process.stdout.write(`workflow bundle ${Math.round(bytes / 1024)} KB, build ${sha256.slice(0, 12)}\n`);

import {
  bundleWorkflowCode,
  DefaultLogger,
  type BundleOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { payloadConverterPath } from '../../src/temporal/data-converter';

/** Path of the tolerant converter in the bundle. The bundler takes one that it does not find for one that is not wanted. */
const converterMark = 'temporal/payload-converter';

/** The workflows of `src`, bundled as for production; `change` may edit what webpack is told. */
export async function bundleWorkflows(
  change?: NonNullable<BundleOptions['webpackConfigHook']>,
): Promise<WorkflowBundleWithSourceMap> {
  const bundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../src/workflows'),
    payloadConverterPath,
    workflowInterceptorModules: [require.resolve('../../src/workflows/sender')],
    logger: new DefaultLogger('WARN'),
    ...(change === undefined ? {} : { webpackConfigHook: change }),
  });
  if (!bundle.code.includes(converterMark)) throw new Error('the bundle lacks the payload converter');
  return bundle;
}

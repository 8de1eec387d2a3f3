import type { LayerStep, Measurement, Rehearsal, Reverter, ReverterContext } from '../../domain/reverter';
import { revertBy } from '../define';
import type { Config } from './config';
import { assessConfig } from './config-assess';
import { captureConfig, lookAtConfig } from './config-look';
import { rehearseConfig, writeConfig } from './config-write';
import { settledRelation } from './settled-relation';

/** What differs between configuration that is edited in place and configuration of which every version is an object. */
export type ConfigWay = Pick<Reverter<Config>, 'observe' | 'capture' | 'assess' | 'dryRun' | 'revert' | 'verify'>;

/** One object whose content is changed: it comes back out of the capture. */
export const inPlace: ConfigWay = {
  observe: async (config, ctx) => (await lookAtConfig(config, ctx)).seen,
  capture: captureConfig,
  assess: (config, _seen, wanted, ctx) => assessConfig(config, wanted, ctx),
  dryRun,
  revert: (config, step, ctx) => {
    const look = () => lookAtConfig(config, ctx);
    return revertBy({ look, relate: settledRelation, write: (seen) => writeConfig(config, step, seen, ctx) }, step);
  },
  verify,
};

async function dryRun(config: Config, step: LayerStep, ctx: ReverterContext): Promise<Rehearsal> {
  const look = await lookAtConfig(config, ctx);
  const relation = settledRelation(look.seen, step);
  if (relation === 'elsewhere') return { result: 'failed', level: 'observed', why: `it moved: ${look.seen.summary}` };
  if (relation === 'target') return { result: 'passed', level: 'the content is there already' };
  return rehearseConfig(config, step, look, ctx);
}

async function verify(config: Config, step: LayerStep, ctx: ReverterContext): Promise<readonly Measurement[]> {
  const { seen } = await lookAtConfig(config, ctx);
  return [{ name: 'content', ok: seen.fingerprint === step.to, seen: seen.summary, expected: step.summary }];
}

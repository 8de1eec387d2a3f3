import type { ActivityWorld } from '../../src/activities/world';
import type { Reverter } from '../../src/domain/reverter';
import type * as flagModule from '../../src/reverters/feature-flag';
import { artifactOf } from './catalog';
import type { House } from './house';

/** The real reverter of flags, and the same where the value is a version. */
export function simulatedReverters(house: House): ActivityWorld['reverters'] {
  const { featureFlag } = house.load<typeof flagModule>('src/reverters/feature-flag.ts');
  const flag = featureFlag as unknown as Reverter<unknown>;
  const version: Reverter<unknown> = {
    ...flag,
    layer: 'simulated-version',
    observe: async (target, ctx) => {
      const seen = await flag.observe(target, ctx);
      const { read } = target as { readonly read: { readonly url: string } };
      const component = new URL(read.url).pathname.split('/')[1] ?? '';
      const label = seen.state as string;
      return { ...seen, version: label, digest: artifactOf(component, label) };
    },
  };
  return new Map([flag, version].map((one) => [one.layer, one]));
}

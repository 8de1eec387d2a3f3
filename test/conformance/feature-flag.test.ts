import type { JsonObject } from '../../src/domain/json';
import { FlagService } from '../fakes/flag-service';
import { conformance, type Scene } from './conformance';

const services = [
  { name: 'PATCH over the last change (no ETag)', method: 'PATCH', hasETags: false, ifMatch: false },
  { name: 'PATCH with If-Match', method: 'PATCH', hasETags: true, ifMatch: true },
  { name: 'PUT of the whole document with If-Match', method: 'PUT', hasETags: true, ifMatch: true },
];

describe.each(services)('a flag service, $name', ({ name, method, hasETags, ifMatch }) => {
  conformance('feature-flag', name, () => flagScene(method, hasETags, ifMatch));
});

async function flagScene(method: string, hasETags: boolean, ifMatch: boolean): Promise<Scene> {
  const service = new FlagService(documentWith('blue'), hasETags);
  const url = await service.start();
  return {
    target: {
      provider: 'http',
      read: { url, at: '/environments/production/variant' },
      write: { method, ifMatch },
    },
    good: 'blue',
    bad: 'green',
    deploy: (state) => Promise.resolve(service.set(documentWith(state === 'good' ? 'blue' : 'green'))),
    meddle: () => Promise.resolve(service.set(documentWith('red'))),
    snapshot: () => JSON.stringify([service.document, service.journal]),
    journal: () => service.journal.map(variantOf),
    close: () => service.stop(),
  };
}

function documentWith(variant: string): JsonObject {
  return { name: 'checkout', environments: { production: { variant, share: 50 } }, owner: 'team-payments' };
}

function variantOf(document: unknown): string {
  return (document as { environments: { production: { variant: string } } }).environments.production.variant;
}

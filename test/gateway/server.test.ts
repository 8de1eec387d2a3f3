import { pino } from 'pino';
import { createGateway, type Probe } from '../../src/gateway/server';

const logger = pino({ level: 'silent' });
const fine: Probe = { name: 'database', check: () => Promise.resolve() };
const broken: Probe = { name: 'temporal', check: () => Promise.reject(new Error('connect ECONNREFUSED\nat x')) };
const hanging: Probe = { name: 'worker', check: () => new Promise(() => undefined) };

async function get(
  probes: readonly Probe[],
  url: string,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const gateway = createGateway({ probes, logger, probeWithinMs: 20 });
  const { statusCode, body } = await gateway.inject(url);
  await gateway.close();
  return { status: statusCode, body: JSON.parse(body) };
}

it('is alive whatever its servers do', async () => {
  expect(await get([broken, hanging], '/livez')).toEqual({ status: 200, body: { status: 'ok' } });
});

it('is ready when everything it needs answers', async () => {
  expect(await get([fine], '/readyz')).toEqual({ status: 200, body: { status: 'ok', checks: { database: 'ok' } } });
});

it('names what does not answer, and does not hang with it', async () => {
  expect(await get([fine, broken, hanging], '/readyz')).toEqual({
    status: 503,
    body: {
      status: 'not ready',
      checks: { database: 'ok', temporal: 'connect ECONNREFUSED', worker: 'no answer within 20 ms' },
    },
  });
});

import pino from 'pino';
import { readSettings } from '../contract/settings';
import { asLastgoodError } from '../domain/errors';
import { createProbes } from './probes';
import { createGateway } from './server';

/** Serves until SIGINT or SIGTERM. Loopback by default: who may reach it from elsewhere is for a proxy to decide. */
async function main(): Promise<void> {
  const { databaseUrl, temporal, gatewayPort = 8470 } = readSettings(process.env);
  const logger = pino({ name: 'gateway' }, pino.destination(2));
  const server = createGateway({ probes: createProbes({ databaseUrl, temporal }), logger });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.close().finally(() => process.exit(0)));
  }
  await server.listen({ port: gatewayPort, host: process.env['LASTGOOD_GATEWAY_HOST'] ?? '127.0.0.1' });
}

main().catch((thrown: unknown) => {
  const error = asLastgoodError(thrown);
  process.stderr.write(`${error.message}\n`);
  process.exit(error.exitCode);
});

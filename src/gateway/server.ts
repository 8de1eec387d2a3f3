import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';

/** One thing the gateway needs. Answers when it is of use, else throws; it may hang, the gateway does not. */
export interface Probe {
  readonly name: string;
  check(): Promise<void>;
}

/** What the gateway is made of. */
export interface GatewayParts {
  readonly probes: readonly Probe[];
  readonly logger: FastifyBaseLogger;
  /** Longest wait for one probe. */
  readonly probeWithinMs?: number;
}

/** `/livez`: the process answers. `/readyz`: all that it needs answers too; else 503 and, by name, what does not. */
export function createGateway({ probes, logger, probeWithinMs = 3_000 }: GatewayParts): FastifyInstance {
  const logController = new LogController({ disableRequestLogging: true });
  const server = fastify({ loggerInstance: logger, logController });
  server.get('/livez', () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const answers = await Promise.all(probes.map((probe) => ask(probe, probeWithinMs)));
    const isReady = answers.every(([, answer]) => answer === 'ok');
    return reply
      .code(isReady ? 200 : 503)
      .send({ status: isReady ? 'ok' : 'not ready', checks: Object.fromEntries(answers) });
  });
  return server;
}

async function ask(probe: Probe, withinMs: number): Promise<readonly [string, string]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${withinMs} ms`), withinMs);
  });
  const answer = probe.check().then(() => 'ok', firstLine);
  const first = await Promise.race([answer, late]);
  clearTimeout(timer);
  return [probe.name, first];
}

function firstLine(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return message.split('\n')[0] ?? '';
}

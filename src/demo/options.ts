import { LastgoodError } from '../domain/errors';

/** What `npm run demo` was told. */
export interface DemoOptions {
  /** Approve the plan as yourself: for machines. */
  readonly yes: boolean;
  /** Kill the worker with SIGKILL in the middle of a revert. */
  readonly crash: boolean;
  /** The shop is in a Kubernetes cluster instead of being processes of this machine. */
  readonly kubernetes: boolean;
  /** Say what the demo does, and do nothing. */
  readonly help: boolean;
}

/** Reads the arguments after `npm run demo --`. Throws BAD_REQUEST. */
export function readOptions(args: readonly string[]): DemoOptions {
  const known = new Set(['--yes', '--crash', '--kubernetes', '--help', '-h']);
  const wrong = args.find((arg) => !known.has(arg));
  if (wrong !== undefined) {
    const what = `the demo does not know "${wrong}"`;
    throw new LastgoodError('BAD_REQUEST', { what, next: `write one of these:\n\n${usage}` });
  }
  const has = (flag: string): boolean => args.includes(flag);
  const help = has('--help') || has('-h');
  return { yes: has('--yes'), crash: has('--crash'), kubernetes: has('--kubernetes'), help };
}

const usage = `  npm run demo                   you approve the plan: here, in another terminal, or in the Temporal UI
  npm run demo -- --yes          approves it as yourself, for machines
  npm run demo -- --crash        kills the worker with SIGKILL in the middle of a revert: same ending, every transition once
  npm run demo -- --kubernetes   the shop is in a cluster, on a real API server; goes with the others
  npm run demo -- --help         what it does`;

/** What `--help` says. */
export const demoHelp = `A shop of real processes is broken by a bad deployment and brought back. Takes about a minute.

${usage}

It starts Temporal, PostgreSQL, worker and gateway of its own and the shop of examples/shop, all on loopback; deploys 1.1.0
(good), then 2.0.0 (bad); runs "lastgood rollback demo orders"; and shows the gate, the history, the report and what the
shop itself wrote down. Its files are in one directory, LASTGOOD_DATA/demo (else ~/.local/share/lastgood/demo), and stay
there until the next demo. A Temporal server that TEMPORAL_ADDRESS names is used instead of an own one.

With --kubernetes the shop of examples/shop-kubernetes is in a cluster of its own: etcd, API server and controllers are real
(built once with Go, 8 to 20 minutes), and a small kubelet says that pods run. No container is started: what customers see
is SIMULATED from the pods that are ready. It is rolled back with its settings, a ConfigMap.

Ctrl-C stops everything. Exit codes: those of lastgood rollback (0 confirmed · 2 bad input · 3 refused · 4 rejected or
expired · 5 failed · 8 restored, not confirmed · 130 stopped with Ctrl-C).`;

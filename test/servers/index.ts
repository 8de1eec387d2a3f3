import { argoRollouts } from './argo-rollouts';
import { helm } from './helm';
import { kubernetes } from './kubernetes';
import { postgres } from './postgres';
import type { TestServer } from './server';
import { temporal } from './temporal';

/** Every real server that tests use, by name. */
export const servers = {
  'argo-rollouts': argoRollouts,
  helm,
  kubernetes,
  postgres,
  temporal,
} as const satisfies Record<string, TestServer>;

/** Name of a real server. */
export type ServerName = keyof typeof servers;

/** Names in LASTGOOD_REQUIRE_SERVERS: a suite that lacks one of these fails instead of being skipped. */
export function requiredServers(env: NodeJS.ProcessEnv): readonly string[] {
  return (env['LASTGOOD_REQUIRE_SERVERS'] ?? '').split(/[,\s]+/).filter((name) => name !== '');
}

/** The variable by which a run tells its test files where a server listens. */
export function addressVariable(name: string): string {
  return `LASTGOOD_TEST_${name.toUpperCase()}`;
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../src/domain/json';
import { Loopback } from './loopback';

/** One request that a fake API server heard. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

/**
 * What stands where an API server should: answers as it is told, writes down what it heard, and comes with a kubeconfig.
 * For answers that a real one can not be made to give; everything else is tested on a real one.
 */
export class FakeApiServer {
  heard: readonly Heard[] = [];
  address = '';
  readonly directory = mkdtempSync(join(tmpdir(), 'lastgood-api-'));
  readonly kubeconfig = join(this.directory, 'kubeconfig');
  private readonly loopback = new Loopback();

  /** Listens anew, and writes a kubeconfig with the token `first`. */
  async open(answer: RequestListener): Promise<void> {
    this.heard = [];
    mkdirSync(this.directory, { recursive: true });
    this.address = await this.loopback.serve((request, response) => {
      this.heard = [...this.heard, heard(request)];
      answer(request, response);
    });
    this.writeKubeconfig(this.address);
  }

  /** A kubeconfig for `server` with this user; `contexts` names its contexts, the first is the current one. */
  writeKubeconfig(server: string, user: JsonObject = { token: 'first' }, contexts: readonly string[] = ['fake']): void {
    const text = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'fake', cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'worker', user }],
      contexts: contexts.map((name) => ({ name, context: { cluster: 'fake', user: 'worker' } })),
      'current-context': contexts[0],
    };
    writeFileSync(this.kubeconfig, JSON.stringify(text));
  }

  async close(): Promise<void> {
    await this.loopback.closeAll();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A refusal as API servers word it. */
export function status(code: number, message: string, details: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code, ...details });
}

function heard({ method = '', url = '', headers }: IncomingMessage): Heard {
  return { method, path: url, authorization: headers.authorization };
}

import { CustomObjectsApi, PatchStrategy, setHeaderOptions, type KubeConfig } from '@kubernetes/client-node';
import { setTimeout as delay } from 'node:timers/promises';
import type { GitHost } from './git-host';

/** An object as far as these controllers look at it. */
export interface Followed {
  readonly metadata: {
    readonly generation: number;
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly suspend?: boolean;
    readonly syncPolicy?: { readonly automated?: unknown };
  };
  readonly status?: unknown;
  readonly operation?: { readonly sync: { readonly revision: string } };
}

/** Where one kind is kept. */
export interface Kept {
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly plural: string;
  readonly name: string;
}

const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

/**
 * A tiny controller that follows a branch, as Argo CD or Flux do by their published APIs: it "deploys" by writing down
 * what one file of the repository says, and tells its state in the object's status. Nothing else of those tools is here.
 */
export class GitOpsController {
  /** What was deployed, oldest first. */
  readonly deployed: string[] = [];
  /** The next synchronisations fail with this message. */
  failsWith: string | undefined;
  private commit = '';
  private isStopped = false;
  private loop: Promise<void> | undefined;
  private readonly objects: CustomObjectsApi;

  constructor(
    config: KubeConfig,
    private readonly host: GitHost,
    private readonly file: string,
    private readonly tool: 'argo-cd' | 'flux',
    private readonly kept: Kept,
  ) {
    this.objects = config.makeApiClient(CustomObjectsApi);
  }

  start(): void {
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.loop;
  }

  async read(): Promise<Followed> {
    return (await this.objects.getNamespacedCustomObject(this.kept)) as Followed;
  }

  /** Waits until the head runs, as the object's status tells. */
  async settled(): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      const wanted = this.host.read(this.file)?.trim();
      if (this.deployed.at(-1) === wanted && this.tells(await this.read())) return;
      await delay(25);
    }
    throw new Error(`the controller did not follow: ${JSON.stringify(await this.read())}`);
  }

  private tells(object: Followed): boolean {
    return JSON.stringify(object.status ?? {}).includes(this.host.head());
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      await this.follow().catch(() => undefined);
      await delay(25);
    }
  }

  private async follow(): Promise<void> {
    const object = await this.read();
    const status = this.tool === 'flux' ? this.kustomization(object) : this.application(object);
    const wanted = { ...(object.operation === undefined ? {} : { operation: null }), status };
    const refresh = 'argocd.argoproj.io/refresh';
    const isAsked = object.metadata.annotations?.[refresh] !== undefined;
    if (JSON.stringify(object.status) === JSON.stringify(status) && !isAsked && object.operation === undefined) return;
    const { resourceVersion } = object.metadata;
    const metadata = { resourceVersion, ...(isAsked ? { annotations: { [refresh]: null } } : {}) };
    const call = { ...this.kept, body: { metadata, ...wanted } };
    if (this.tool === 'flux') await this.objects.patchNamespacedCustomObjectStatus(call, merge);
    else await this.objects.patchNamespacedCustomObject(call, merge);
  }

  /** Status of an Application; there, the status is no part of its own. */
  private application({ operation, spec, status }: Followed): unknown {
    const head = this.host.head();
    const isAutomatic = spec.syncPolicy?.automated !== undefined && !this.isLevel(head);
    const revision = operation?.sync.revision ?? (isAutomatic ? head : undefined);
    const before = (status as { readonly operationState?: unknown } | undefined)?.operationState;
    const operationState = revision === undefined ? before : this.synchronised(revision);
    const health = { status: this.deployed.at(-1)?.includes('broken') === true ? 'Degraded' : 'Healthy' };
    const sync = { status: this.isLevel(head) ? 'Synced' : 'OutOfSync', revision: head };
    return { ...(operationState === undefined ? {} : { operationState }), health, sync };
  }

  private synchronised(revision: string): unknown {
    const operation = { sync: { revision } };
    if (this.failsWith !== undefined) return { phase: 'Failed', message: this.failsWith, operation };
    this.deploy(revision);
    return { phase: 'Succeeded', message: 'successfully synced', operation };
  }

  private kustomization({ metadata, spec, status }: Followed): unknown {
    if (spec.suspend === true) return status;
    const head = this.host.head();
    if (this.failsWith === undefined) this.deploy(head);
    const ready =
      this.failsWith === undefined
        ? { type: 'Ready', status: 'True', reason: 'ReconciliationSucceeded', message: `Applied revision: ${head}` }
        : { type: 'Ready', status: 'False', reason: 'HealthCheckFailed', message: this.failsWith };
    return {
      conditions: [ready],
      lastAppliedRevision: `main@sha1:${this.commit}`,
      lastAttemptedRevision: `main@sha1:${head}`,
      observedGeneration: metadata.generation,
    };
  }

  private isLevel(head: string): boolean {
    return this.deployed.at(-1) === this.host.read(this.file, head)?.trim();
  }

  private deploy(commit: string): void {
    this.commit = commit;
    const state = this.host.read(this.file, commit)?.trim() ?? 'nothing';
    if (this.deployed.at(-1) !== state) this.deployed.push(state);
  }
}

import { CoreV1Api, KubernetesObjectApi, Watch, type KubeConfig, type KubernetesObject } from '@kubernetes/client-node';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../servers/kubernetes/kubeconfig';

/** Where a scene of the suite stands: a namespace of its own on the real API server, with a journal of one object in it. */
export class NamespaceScene {
  readonly namespace = `scene-${randomUUID().slice(0, 8)}`;
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  private readonly objects: KubernetesObjectApi;
  private readonly states: { readonly version: string; readonly state: string }[] = [];
  private watch?: AbortController;

  constructor(readonly kubeconfig: string) {
    this.config = connect(kubeconfig);
    this.core = this.config.makeApiClient(CoreV1Api);
    this.objects = KubernetesObjectApi.makeApiClient(this.config);
  }

  async open(): Promise<this> {
    await this.core.createNamespace({ body: { metadata: { name: this.namespace } } });
    return this;
  }

  /** Writes down the state of every object under this path, `undefined` for what does not count. */
  async record(path: string, stateOf: (object: Live, phase: string) => string | undefined): Promise<void> {
    this.watch = await new Watch(this.config).watch(
      path.replace('NAMESPACE', this.namespace),
      {},
      (phase, object: Live) => {
        const state = stateOf(object, phase);
        if (state !== undefined) this.states.push({ version: object.metadata.resourceVersion, state });
      },
      () => undefined,
    );
  }

  /** What was written down, once the newest state has arrived. */
  async journal(newest: () => Promise<string | undefined>): Promise<readonly string[]> {
    const wanted = await newest();
    for (let tries = 0; tries < 200 && wanted !== this.states.at(-1)?.state; tries += 1) await delay(10);
    return this.states.map(({ state }) => state).filter((state, at, all) => state !== all[at - 1]);
  }

  /** Applies a manifest as a pipeline does: creates what is not there, replaces what is. */
  async apply(manifest: Manifest, fieldManager = 'pipeline'): Promise<void> {
    const found = await this.read(manifest.apiVersion, manifest.kind, manifest.metadata.name);
    // Some kinds are only replaced by whoever names what they replace.
    const known = found === undefined ? {} : { resourceVersion: found.metadata.resourceVersion };
    const metadata = { ...manifest.metadata, ...known, namespace: this.namespace };
    const body = { ...manifest, metadata } as KubernetesObject;
    if (found === undefined) await this.objects.create(body, undefined, undefined, fieldManager);
    else await this.objects.replace(body, undefined, undefined, fieldManager);
  }

  async remove(manifest: Manifest): Promise<void> {
    const metadata = { ...manifest.metadata, namespace: this.namespace };
    await this.objects.delete({ ...manifest, metadata });
  }

  /** The object as the server has it; undefined when it is not there. */
  async read(apiVersion: string, kind: string, name: string): Promise<Live | undefined> {
    try {
      const metadata = { name, namespace: this.namespace };
      return (await this.objects.read({ apiVersion, kind, metadata })) as unknown as Live;
    } catch (thrown) {
      if ((thrown as { readonly code?: number }).code === 404) return undefined;
      throw thrown;
    }
  }

  /** An admission policy refuses every update of these objects here, and quotes what it refuses. */
  async refuseWrites(resource: string, quoting: string): Promise<void> {
    const api = 'admissionregistration.k8s.io/v1';
    const name = this.namespace;
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: [resource] }];
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': this.namespace } };
    const message = `'${quoting}' + object.data['TOKEN']`;
    const policy = {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: rules, namespaceSelector },
      validations: [{ expression: 'false', messageExpression: message }],
    };
    await this.objects.create({
      apiVersion: api,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: policy,
    } as KubernetesObject);
    const binding = { policyName: name, validationActions: ['Deny'] };
    await this.objects.create({
      apiVersion: api,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: binding,
    } as KubernetesObject);
    await this.untilRefused(true);
  }

  /** The policy is gone again. */
  async acceptWrites(): Promise<void> {
    for (const kind of ['ValidatingAdmissionPolicyBinding', 'ValidatingAdmissionPolicy'])
      await this.objects.delete({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind,
        metadata: { name: this.namespace },
      });
    await this.untilRefused(false);
  }

  /** A policy is in force some moments after it was made. */
  private async untilRefused(wanted: boolean): Promise<void> {
    const name = 'probe';
    const { namespace } = this;
    const metadata = { name, namespace };
    if (wanted) await this.core.createNamespacedSecret({ namespace, body: { metadata, data: { TOKEN: '' } } });
    for (let tries = 0; tries < 600; tries += 1) {
      const body = { metadata, data: { TOKEN: Buffer.from(String(tries)).toString('base64') } };
      const isRefused = await this.core.replaceNamespacedSecret({ name, namespace, body, dryRun: 'All' }).then(
        () => false,
        () => true,
      );
      if (isRefused === wanted) return;
      await delay(50);
    }
    throw new Error('the policy did not come into force');
  }

  async close(): Promise<void> {
    this.watch?.abort();
    await this.core.deleteNamespace({ name: this.namespace });
  }
}

/** An object to apply. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [part: string]: unknown;
}

/** An object as the server has it. */
export interface Live extends Manifest {
  readonly metadata: Manifest['metadata'] & {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

/** An object as anybody could have written it: without what the server counts. */
export function written(object: Live | undefined): unknown {
  if (object === undefined) return null;
  const { metadata, status: _status, ...rest } = object as Live & { readonly status?: unknown };
  const {
    resourceVersion: _version,
    managedFields: _fields,
    generation: _generation,
    ...names
  } = metadata as Record<string, unknown>;
  return { ...rest, metadata: names };
}

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { JsonObject } from '../../src/domain/json';
import { scratchDirectory } from '../servers/run';
import type { Scene } from './conformance';
import { NamespaceScene, written } from './namespace-scene';

/** A namespace on the real API server in which the real Helm installs a small chart. */
export class HelmScene {
  readonly place: NamespaceScene;
  readonly target: JsonObject;
  private readonly chart = join(scratchDirectory(), 'payments');

  constructor(
    readonly kubeconfig: string,
    readonly program: string,
  ) {
    this.place = new NamespaceScene(kubeconfig);
    const { namespace } = this.place;
    this.target = { release: 'payments', namespace, kubeconfig, helm: program, settle: '20s' };
  }

  async open(): Promise<this> {
    await this.place.open();
    await this.place.record('/apis/apps/v1/namespaces/NAMESPACE/deployments', (object) => imageTag(object));
    return this;
  }

  /** Upgrades to a version of the chart, as a pipeline does. `values` switch parts of the chart on. */
  async upgrade(version: string, values: Values = {}, ...args: readonly string[]): Promise<void> {
    await this.helm(...this.upgradeArguments(version, values), ...args);
    await this.rolledOut();
  }

  /** Begins an upgrade or a rollback and kills Helm as soon as the newest revision has this status. */
  async cutOff(status: string, args: readonly string[]): Promise<void> {
    const child = spawn(this.program, [...args, ...this.where()], { stdio: 'ignore' });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    await this.until(status, child);
    child.kill('SIGKILL');
    await ended;
  }

  upgradeArguments(version: string, values: Values = {}): readonly string[] {
    writeChart(this.chart, version);
    const sets = Object.entries(values).flatMap(([key, value]) => ['--set-string', `${key}=${value}`]);
    return ['upgrade', '--install', 'payments', this.chart, ...sets];
  }

  async helm(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(this.program, [...args, ...this.where()], { encoding: 'utf8' });
    return stdout;
  }

  /** `revision status` of the whole history, oldest first. */
  async history(): Promise<readonly string[]> {
    const lines = JSON.parse(await this.helm('history', 'payments', '-o', 'json')) as readonly HistoryLine[];
    return lines.map(({ revision, status }) => `${revision} ${status}`);
  }

  async image(): Promise<string | undefined> {
    return imageTag(await this.place.read('apps/v1', 'Deployment', 'payments'));
  }

  /** Sets another image past Helm, as somebody does in an emergency. */
  async changeImage(image: string): Promise<void> {
    const live = await this.place.read('apps/v1', 'Deployment', 'payments');
    if (live === undefined) throw new Error('there is no Deployment');
    const text = JSON.stringify(live).replace(/"image":"[^"]*"/, `"image":"${image}"`);
    await this.place.apply(JSON.parse(text) as typeof live, 'somebody');
  }

  async snapshot(): Promise<string> {
    const { items } = await this.place.core.listNamespacedSecret({ namespace: this.place.namespace });
    const records = items.map(({ metadata }) => `${metadata?.name ?? ''} ${metadata?.resourceVersion ?? ''}`);
    return JSON.stringify([written(await this.place.read('apps/v1', 'Deployment', 'payments')), records.sort()]);
  }

  /** Helm itself would look every two seconds only. */
  private async rolledOut(): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      const { metadata, status } = ((await this.place.read('apps/v1', 'Deployment', 'payments')) ?? {}) as Rolling;
      const { observedGeneration, updatedReplicas, availableReplicas, replicas } = status ?? {};
      const isSeen = (observedGeneration ?? 0) >= (metadata?.generation ?? 1);
      if (isSeen && [updatedReplicas, availableReplicas, replicas].every((count) => count === 1)) return;
      await delay(50);
    }
    throw new Error('the Deployment did not roll out');
  }

  private async until(status: string, child: ChildProcess): Promise<void> {
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await this.history()).at(-1)?.endsWith(` ${status}`) === true) return;
      if (child.exitCode !== null) throw new Error(`helm ended by itself with ${child.exitCode}`);
      await delay(100);
    }
    throw new Error(`no revision became ${status}: ${(await this.history()).join(', ')}`);
  }

  private where(): readonly string[] {
    return ['--namespace', this.place.namespace, '--kubeconfig', this.kubeconfig];
  }
}

/** The scene of the suite: 2.0.4 is good, 2.1.0 is bad, and somebody else installs 3.0.0. */
export async function helmScene(kubeconfig: string, program: string): Promise<Scene> {
  const scene = await new HelmScene(kubeconfig, program).open();
  return {
    target: scene.target,
    good: '2.0.4',
    bad: '2.1.0',
    deploy: (state) => scene.upgrade(state === 'good' ? '2.0.4' : '2.1.0'),
    meddle: () => scene.upgrade('3.0.0'),
    snapshot: () => scene.snapshot(),
    journal: () => scene.place.journal(() => scene.image()),
    // One road takes Helm about fifteen starts.
    crashEvery: 7,
    writing: 'rollback',
    close: () => scene.place.close(),
  };
}

type Values = Readonly<Record<string, string>>;

interface Rolling {
  readonly metadata?: { readonly generation?: number };
  readonly status?: Readonly<Record<string, number>>;
}

interface HistoryLine {
  readonly revision: number;
  readonly status: string;
}

function imageTag(object: unknown): string | undefined {
  const { spec } = (object ?? {}) as {
    readonly spec?: { readonly template: { readonly spec: { readonly containers: readonly { image: string }[] } } };
  };
  return spec?.template.spec.containers[0]?.image.split(':')[1];
}

/** The chart has the version of what it installs, and parts that values switch on. */
function writeChart(directory: string, version: string): void {
  mkdirSync(join(directory, 'templates'), { recursive: true });
  const chart = { apiVersion: 'v2', name: 'payments', version: version.replace(/^2\./, '1.'), appVersion: version };
  writeFileSync(join(directory, 'Chart.yaml'), JSON.stringify(chart));
  for (const [name, text] of Object.entries(templates)) writeFileSync(join(directory, 'templates', name), text);
}

const templates: Readonly<Record<string, string>> = {
  'deployment.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: payments
  labels: { app.kubernetes.io/managed-by: {{ .Release.Service }}, helm.sh/chart: "{{ .Chart.Name }}-{{ .Chart.Version }}" }
spec:
  replicas: 1
  selector: { matchLabels: { app: payments } }
  template:
    metadata: { labels: { app: payments } }
    spec:
      containers:
        - name: payments
          image: "shop/payments:{{ .Values.tag | default .Chart.AppVersion }}"
`,
  'configmap.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: { name: payments }
data: { RELEASE: "{{ .Chart.AppVersion }}" }
`,
  'extra.yaml': `
{{- if .Values.extra }}
apiVersion: v1
kind: ConfigMap
metadata: { name: extra }
data: { only: "{{ .Values.extra }}" }
{{- end }}
`,
  'claim.yaml': `
{{- if .Values.claim }}
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: payments }
spec: { accessModes: [ReadWriteOnce], storageClassName: none, resources: { requests: { storage: 1Gi } } }
{{- end }}
`,
  'secret.yaml': `
{{- if .Values.password }}
apiVersion: v1
kind: Secret
metadata: { name: payments-db }
stringData: { password: "{{ .Values.password }}" }
{{- end }}
`,
  'hook.yaml': `
{{- if .Values.hook }}
apiVersion: v1
kind: ConfigMap
metadata: { name: migrate, annotations: { helm.sh/hook: "{{ .Values.hook }}" } }
{{- end }}
`,
  // No kubelet of ours ever ends a Job, so Helm waits for this one.
  'wait.yaml': `
{{- if .Values.wait }}
apiVersion: batch/v1
kind: Job
metadata: { name: wait, annotations: { helm.sh/hook: "{{ .Values.wait }}" } }
spec:
  template:
    metadata: { labels: { app: wait } }
    spec: { restartPolicy: Never, containers: [{ name: wait, image: "shop/wait:1" }] }
{{- end }}
`,
};

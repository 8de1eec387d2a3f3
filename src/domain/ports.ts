import type { SecretRef } from './catalog';
import type { Json, JsonObject } from './json';

/** All of the outside that a reverter may touch. One object, so that tests can break each call of it. */
export interface World {
  readonly http: HttpPort;
  readonly commands: CommandPort;
  readonly files: FilePort;
  readonly secrets: SecretPort;
  readonly kubernetes: KubernetesPort;
}

/** One HTTP exchange; no redirects, answer capped. Throws HTTP_UNREACHABLE; never for a status. */
export interface HttpPort {
  request(request: HttpRequest): Promise<HttpResponse>;
}

/** What is sent. Header values may be secrets: they are resolved inside the adapter and never logged. */
export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string | SecretRef>>;
  readonly body?: Json;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** What came back: at most `maxBodyBytes` of body as text. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly truncated: boolean;
}

/** Runs one program by an argument array, never through a shell. */
export interface CommandPort {
  /** Throws COMMAND_NOT_FOUND, COMMAND_TIMED_OUT (the whole process group is dead then). Never for an exit code. */
  run(request: CommandRequest): Promise<CommandResult>;
}

/** A program and what it is given. */
export interface CommandRequest {
  readonly argv: readonly string[];
  readonly cwd?: string;
  /** Runs in this directory of the worker's cache instead, made when it is missing: for what can be had again. */
  readonly cache?: string;
  /** Added to a small fixed environment (PATH, HOME, LANG); values may be secrets. */
  readonly env?: Readonly<Record<string, string | SecretRef>>;
  /** Variables of the worker that are handed on where it has them: KUBECONFIG. Never secrets: their values are not masked. */
  readonly inherit?: readonly string[];
  /** Written to stdin as one JSON document. */
  readonly input?: Json;
  /** Written to stdin as it is, instead. */
  readonly text?: string;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  readonly signal?: AbortSignal;
}

/** How it ended. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

/** Files of the host, as far as release directories need them. */
export interface FilePort {
  /** Target of a symbolic link as written; undefined when there is none. */
  readLink(path: string): Promise<string | undefined>;
  /** Names of the directories in `path` with their change time in ms; empty when `path` does not exist. */
  listDirectories(path: string): Promise<readonly { readonly name: string; readonly changedAtMs: number }[]>;
  /** `sha256:…` over the sorted [relative path, mode, content digest] of a tree; undefined when there is none. */
  treeDigest(path: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Makes `path` point at `target` in one atomic step (new link, rename over the old one, directory synced). */
  replaceLink(path: string, target: string): Promise<void>;
  readText(path: string, maxBytes: number): Promise<string | undefined>;
}

/** Resolves secretRefs on this worker. Throws SECRET_MISSING. */
export interface SecretPort {
  resolve(ref: SecretRef): Promise<string>;
}

/** API servers of Kubernetes, by the contexts of a kubeconfig. Objects are plain JSON, as the server has them. */
export interface KubernetesPort {
  /** The object; undefined when it is not there. Throws KUBERNETES_UNKNOWN_KIND when the server has no such kind. */
  read(object: KubernetesName, signal?: AbortSignal): Promise<KubernetesObject | undefined>;
  /** Objects of one kind whose labels equal all of these. */
  list(
    kind: Omit<KubernetesName, 'name'>,
    labels: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<readonly KubernetesObject[]>;
  /**
   * Applies a JSON patch (RFC 6902) and answers the object as it is then; with `dryRun` the server does everything but
   * keep it. Throws KUBERNETES_CONFLICT, KUBERNETES_REFUSED (a failed `test`, validation, admission), KUBERNETES_DENIED.
   */
  patch(
    object: KubernetesName,
    patch: readonly JsonPatch[],
    options: KubernetesPatchOptions,
  ): Promise<KubernetesObject>;
  /** Makes an object that is not there; `body` without apiVersion, kind and name. Throws as `patch` does. */
  create(
    object: KubernetesName,
    body: JsonObject,
    options: Omit<KubernetesPatchOptions, 'subresource'>,
  ): Promise<KubernetesObject>;
  /** Deletes exactly the object with this uid; one that is gone or was replaced is left alone. */
  remove(object: KubernetesName, uid: string, signal?: AbortSignal): Promise<void>;
  /** The last lines that a container of a pod wrote. May hold secrets. Throws KUBERNETES_DENIED, KUBERNETES_REFUSED. */
  logs(pod: KubernetesName, options: KubernetesLogOptions): Promise<string>;
  /**
   * Watches one object after `resourceVersion` and answers with the first state of it that `until` accepts. Undefined when
   * there was none in time, or when the watch ended before (deleted, a moment too old): who waits looks again.
   */
  watch(object: KubernetesName, resourceVersion: string, watch: KubernetesWatch): Promise<KubernetesObject | undefined>;
}

/** What a watch waits for, and how long. */
export interface KubernetesWatch {
  readonly withinMs: number;
  /** Asked about every state. Pure. */
  readonly until: (object: KubernetesObject) => boolean;
  readonly signal?: AbortSignal;
}

/** Names one object in one cluster. */
export interface KubernetesName {
  /** Absolute path of a kubeconfig; else KUBECONFIG, ~/.kube/config or the pod's own account. */
  readonly kubeconfig?: string | undefined;
  /** Context of the kubeconfig; else its current one. */
  readonly context?: string | undefined;
  readonly namespace: string;
  readonly kind: KubernetesKind;
  readonly name: string;
}

/** The kinds that reverters touch or read. */
/** Kinds that a reverter may name; where the server keeps each is said once, in the adapter. */
export type KubernetesKind =
  | 'AnalysisRun'
  | 'Application'
  | 'ApplicationSet'
  | 'ConfigMap'
  | 'ControllerRevision'
  | 'DaemonSet'
  | 'Deployment'
  | 'DestinationRule'
  | 'EndpointSlice'
  | 'GitRepository'
  | 'HTTPRoute'
  | 'HelmRelease'
  | 'HorizontalPodAutoscaler'
  | 'ImageUpdateAutomation'
  | 'Ingress'
  | 'Kustomization'
  | 'Pod'
  | 'PodDisruptionBudget'
  | 'ReplicaSet'
  | 'Rollout'
  | 'Secret'
  | 'Service'
  | 'StatefulSet'
  | 'VirtualService';

/** What every object has; the rest is as the API documents it. */
export interface KubernetesObject {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly uid: string;
      readonly controller?: boolean;
      readonly kind?: string;
      readonly name?: string;
    }[];
    /** Who wrote which fields, by the server's own record. */
    readonly managedFields?: readonly {
      readonly manager?: string;
      readonly fieldsV1?: JsonObject;
      readonly time?: string;
      readonly subresource?: string;
    }[];
  };
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
  /** Content of a ControllerRevision, a ConfigMap or (base64) a Secret. */
  readonly data?: JsonObject;
  /** Bytes of a ConfigMap, as base64. */
  readonly binaryData?: JsonObject;
  /** Addresses of an EndpointSlice. */
  readonly endpoints?: readonly JsonObject[];
  /** What kind of Secret it is: `Opaque`. */
  readonly type?: string;
  /** A ConfigMap or Secret that the server keeps as it is. */
  readonly immutable?: boolean;
  readonly revision?: number;
}

/** One operation of a JSON patch. */
export type JsonPatch =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };

/** Which lines of which container. */
export interface KubernetesLogOptions {
  readonly container: string;
  readonly lines: number;
  /** What the container wrote before it was last started. */
  readonly previous: boolean;
  readonly signal?: AbortSignal;
}

/** How a patch is sent. */
export interface KubernetesPatchOptions {
  readonly dryRun?: boolean;
  /** Patches this part, which some kinds keep apart. */
  readonly subresource?: 'status';
  readonly signal?: AbortSignal;
}

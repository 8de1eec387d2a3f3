import type { SecretRef } from './catalog';
import type { Json } from './json';

/** All of the outside that a reverter may touch. One object, so that tests can break each call of it. */
export interface World {
  readonly http: HttpPort;
  readonly commands: CommandPort;
  readonly files: FilePort;
  readonly secrets: SecretPort;
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
  /** Added to a small fixed environment (PATH, HOME, LANG); values may be secrets. */
  readonly env?: Readonly<Record<string, string | SecretRef>>;
  /** Written to stdin as one JSON document. */
  readonly input?: Json;
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

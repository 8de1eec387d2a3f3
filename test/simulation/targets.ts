import type { HttpRequest, HttpResponse } from '../../src/domain/ports';
import type { FaultKind } from './scenario';
import type { Attempt } from './activity-task';

/** One change of one target, as the target itself wrote it down. */
export interface Effect {
  readonly atMs: number;
  /** `c0/version`. */
  readonly layer: string;
  readonly component: string;
  readonly before: unknown;
  readonly after: unknown;
  /** Which attempt sent it; undefined: somebody else changed it. */
  readonly by: Attempt | undefined;
  /** What the writer had seen, when it said so. */
  readonly isConditional: boolean;
  /** The server had given the attempt up before it arrived. */
  readonly isLate: boolean;
  /** It lay in the network, or its process stood still: it left when nobody could know of it any more. */
  readonly isDelayed: boolean;
}

/** The outside world: services that each keep one value with an ETag, and a journal of everything that changed. */
export class Targets {
  readonly journal: Effect[] = [];
  private readonly values = new Map<string, { value: unknown; revision: number; readonly first: unknown }>();

  constructor(
    private readonly now: () => number,
    private readonly tell: (text: string) => void,
  ) {}

  put(layer: string, value: unknown): void {
    this.values.set(layer, { value, revision: 1, first: value });
  }

  value(layer: string): unknown {
    return this.values.get(layer)?.value;
  }

  /** What it was before anything happened. */
  first(layer: string): unknown {
    return this.values.get(layer)?.first;
  }

  /** Somebody changes a target by hand. */
  drift(layer: string, value: unknown): void {
    const kept = this.values.get(layer);
    if (kept !== undefined && kept.value !== value) this.set(layer, value, undefined, false, false);
  }

  /** Answers one request of a reverter, as a service does; `broken` says what it does wrong. */
  answer(request: HttpRequest, by: Attempt, broken: FaultKind | undefined, isDelayed: boolean): HttpResponse {
    const layer = new URL(request.url).pathname.slice(1);
    const kept = this.values.get(layer);
    if (kept === undefined) return answered(404, {});
    if (broken === 'broken') return answered(503, {});
    if (request.method === 'GET') return answered(200, { value: kept.value }, kept.revision);
    if (broken === 'refused') return answered(403, {});
    if (broken === 'lying success') return answered(200, { value: kept.value }, kept.revision);
    const wanted = request.headers?.['if-match'];
    if (wanted !== undefined && wanted !== etag(kept.revision)) return answered(412, {});
    this.set(layer, (request.body as { readonly value: unknown }).value, by, wanted !== undefined, isDelayed);
    return broken === 'lying failure' ? answered(500, {}) : answered(200, { value: kept.value }, kept.revision);
  }

  private set(
    layer: string,
    value: unknown,
    by: Attempt | undefined,
    isConditional: boolean,
    isDelayed: boolean,
  ): void {
    const kept = this.values.get(layer);
    if (kept === undefined) return;
    const component = layer.slice(0, layer.indexOf('/'));
    const isLate = by?.isGivenUp === true;
    this.journal.push({
      atMs: this.now(),
      layer,
      component,
      before: kept.value,
      after: value,
      by,
      isConditional,
      isLate,
      isDelayed,
    });
    this.tell(
      `${layer}: ${String(kept.value)} → ${String(value)} by ${by === undefined ? 'somebody' : by.name}${isLate ? ' (late)' : ''}`,
    );
    kept.value = value;
    kept.revision += 1;
  }
}

function answered(status: number, body: object, revision?: number): HttpResponse {
  const headers = { 'content-type': 'application/json', ...(revision === undefined ? {} : { etag: etag(revision) }) };
  return { status, headers, body: JSON.stringify(body), truncated: false };
}

function etag(revision: number): string {
  return `"r${revision}"`;
}

import type { temporal } from '@temporalio/proto';

/** One row of a table of the inventory. */
export type Row = Readonly<Record<string, unknown>>;

/** One event of a history. */
export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** When it happened, in ms. */
export function timeOf({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1_000_000;
}

/** First JSON payload of an event, as a map; empty when it has none or another kind. */
export function argumentOf(payloads: readonly temporal.api.common.v1.IPayload[] | null | undefined): Row {
  try {
    const value: unknown = JSON.parse(Buffer.from(payloads?.[0]?.data ?? []).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Row) : {};
  } catch {
    return {};
  }
}

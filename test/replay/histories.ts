import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';

/** Where the golden histories are. */
export const goldenDirectory = join(__dirname, 'histories');

/** One recorded run: what the replayer is given, and the text that it was read from. */
export interface GoldenHistory {
  readonly name: string;
  readonly workflowId: string;
  readonly history: { readonly events: readonly HistoryEvent[] };
  readonly text: string;
}

type HistoryEvent = Readonly<Record<string, unknown>> & {
  readonly workflowExecutionStartedEventAttributes?: { readonly workflowId: string };
};

/** All histories of a directory, by name. */
export function readHistories(directory: string): readonly GoldenHistory[] {
  const files = readdirSync(directory).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => readHistory(join(directory, file)));
}

/** Writes what happened to a run so far, one event a line, without anything that only this machine has. */
export async function writeHistory(directory: string, name: string, handle: WorkflowHandle): Promise<void> {
  // The replayer needs encoded payloads: an export with decoded ones, or JSON.stringify of the events, does not replay.
  const recorded = JSON.parse(historyToJSON(await handle.fetchHistory()), anonymous) as GoldenHistory['history'];
  const lines = recorded.events.map((event) => JSON.stringify(event));
  writeFileSync(join(directory, `${name}.json`), `{"events":[\n${lines.join(',\n')}\n]}\n`);
}

/** Everything that can be read in a history, with its payloads decoded. */
export function readableText({ text }: GoldenHistory): string {
  const decode = (_all: string, data: string): string => Buffer.from(data, 'base64').toString('utf8');
  return text.replaceAll(/"data":"([\w+/=]*)"/g, decode);
}

function readHistory(path: string): GoldenHistory {
  const text = readFileSync(path, 'utf8');
  const history = JSON.parse(text) as GoldenHistory['history'];
  const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  if (workflowId === undefined) throw new Error(`${path} does not begin with the start of a workflow`);
  return { name: basename(path, '.json'), workflowId, history, text };
}

/** The worker's identity (also in the names of sticky queues) tells process and host; stack traces tell paths. */
function anonymous(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return key === 'stackTrace' ? '' : value.replaceAll(`${process.pid}@${hostname()}`, 'worker@test');
}

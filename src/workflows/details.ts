import { setCurrentDetails } from '@temporalio/workflow';

/** What the Temporal UI is to show, until it is drawn. */
let stale: (() => string) | undefined;

/** Shows this text under "Current details" whenever somebody looks: what nobody sees is not drawn. */
export function showDetails(text: () => string): void {
  stale = text;
}

/** Draws what was changed; called before a query is answered. */
export function drawDetails(): void {
  if (stale === undefined) return;
  setCurrentDetails(stale());
  stale = undefined;
}

import { setCurrentDetails } from '@temporalio/workflow';

/** What the Temporal UI is to show, until it is drawn. */
let stale: (() => string) | undefined;

/** Shows this text under "Current details" from the end of this activation on: several changes are drawn once. */
export function showDetails(text: () => string): void {
  stale = text;
}

/** Draws what was changed; called at the end of every activation. */
export function drawDetails(): void {
  if (stale === undefined) return;
  setCurrentDetails(stale());
  stale = undefined;
}

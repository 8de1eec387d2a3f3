import { emptyProgress, type Progress } from './progress';

/** One part of a record that may be too big for one answer: page 0 has everything, and of each long list its beginning. */
export interface ProgressPage extends Progress {
  /** How many pages there are; 1 when left out. */
  readonly pages?: number;
}

/** Entries of each long list on one page: with a thousand components a page stays far below 256 KB. */
const perPage = 200;

/** Lists that grow with the number of components. */
const longLists = ['components', 'units', 'live', 'rehearsal', 'checks', 'drift', 'notes', 'unstable', 'held'] as const;

/** One page of a record, counted from 0. A record that fits on one page is answered as it is. */
export function pageOf(progress: Progress, page: number): ProgressPage {
  const pages = Math.max(1, Math.ceil(longest(progress) / perPage));
  if (pages === 1) return progress;
  const from = page * perPage;
  const part = <Entry>(list: readonly Entry[]): readonly Entry[] => list.slice(from, from + perPage);
  const { plan } = progress;
  return {
    ...(page === 0 ? progress : { ...emptyProgress, lastSeq: progress.lastSeq }),
    ...Object.fromEntries(longLists.map((name) => [name, part<unknown>(progress[name])])),
    ...(plan === undefined ? {} : { plan: { ...plan, targets: part(plan.targets), refusals: part(plan.refusals) } }),
    pages,
  };
}

/** The record of all its pages, in order. */
export function joinedPages([first, ...rest]: readonly [ProgressPage, ...ProgressPage[]]): Progress {
  const { pages: _pages, ...whole } = first;
  return rest.reduce<Progress>(
    (progress, page) => ({
      ...progress,
      ...Object.fromEntries(longLists.map((name) => [name, [...progress[name], ...page[name]]])),
      ...joinedPlan(progress, page),
    }),
    whole,
  );
}

function joinedPlan({ plan }: Progress, page: ProgressPage): Pick<Progress, 'plan'> {
  if (plan === undefined) return {};
  const { targets = [], refusals = [] } = page.plan ?? {};
  return { plan: { ...plan, targets: [...plan.targets, ...targets], refusals: [...plan.refusals, ...refusals] } };
}

function longest(progress: Progress): number {
  const { targets = [], refusals = [] } = progress.plan ?? {};
  return Math.max(targets.length, refusals.length, ...longLists.map((name) => progress[name].length));
}

/** One reason for which a plan is not carried out: what it means and what to do. */
export interface RefusalKind {
  readonly meaning: string;
  readonly remedy: string;
}

/**
 * Every refusal that the planner itself finds. What others find (a lock, a running deployment, a layer that does not
 * answer) refuses a plan under its own error code.
 */
export const refusalCatalogue = {
  END_STATE_FORBIDDEN: {
    meaning: 'Two targets may not live together, and both would be live in the end.',
    remedy: 'go to another release of one of the two with --to, or accept the rule by name',
  },
  FORMAT_UNREADABLE: {
    meaning: 'Data was written since the deployment in a format that the target can not read.',
    remedy: 'convert or drain that data, then plan again; or fix forward',
  },
  GROUP_NEEDS_MECHANISM: {
    meaning: 'Several components must move together, and the catalog does not say how.',
    remedy: 'name a group with a mechanism in the catalog, or a flag that waives one of the rules',
  },
  IRREVERSIBLE: {
    meaning: 'A layer on the way can not be undone.',
    remedy: 'take the compensation that is offered, or fix forward',
  },
  LAYER_NOT_ASSESSED: {
    meaning: 'A component moves, and nobody has looked at all of its layers.',
    remedy: 'plan again: every layer is looked at',
  },
  LAYER_UNAVAILABLE: {
    meaning: 'A layer can not be reverted now, because something that it needs is missing.',
    remedy: 'bring back what is missing, then plan again',
  },
  NEEDS_SEARCH: {
    meaning: 'The stages exclude each other in more ways than are tried.',
    remedy: 'name the stage to stop at with --to',
  },
  NO_FLAG: {
    meaning: 'Only flags should be switched, and none of the bad components is on.',
    remedy: 'plan a rollback without --flag-only',
  },
  NO_KNOWN_GOOD_TARGET: {
    meaning: 'No release of the component is known-good and can still be had.',
    remedy: 'mark a release known-good that you trust, or fix forward',
  },
  PINNED: {
    meaning: 'Somebody said that the component must not move.',
    remedy: 'ask who pinned it, or accept the rule that leads to it',
  },
  STRATEGY_MIXES_VERSIONS: {
    meaning: 'Old and new of one component may not live together, and its strategy would run both.',
    remedy: 'set the strategy to recreate or blue-green, or accept the rule by name',
  },
  TARGET_NOT_ALLOWED: {
    meaning: 'The release that was asked for breaks a rule for targets.',
    remedy: 'leave --to out to take the last known-good release',
  },
} as const satisfies Readonly<Record<string, RefusalKind>>;

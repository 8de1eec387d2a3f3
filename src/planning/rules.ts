import type { LastgoodError } from '../domain/errors';
import type { PlanCatalog } from '../domain/plan-facts';
import { invalid, isPrintable, unknownComponent } from './facts-errors';

/** A range, an exact name, or a list of exact names. */
export type Versions = string | readonly string[];

/** Reads the rules of a catalog one by one. Throws FACTS_INVALID or CATALOG_UNKNOWN_COMPONENT for what makes no sense. */
export class RuleChecker {
  private readonly ids = new Set<string>();

  constructor(private readonly known: ReadonlyMap<string, unknown>) {}

  /** Checks the id and that two sides are there. */
  check({ id, forbid }: WrittenRule): void {
    if (!isPrintable(id, 256) || reserved.test(id)) throw unusableRule(id);
    if (this.ids.size === this.ids.add(id).size) {
      throw invalid(`rule ${id}`, `two rules are called "${id}"`, 'an edge names one rule', 'rename one of them');
    }
    if (!Array.isArray(forbid) || forbid.length !== 2) throw notAPair(id, forbid);
  }

  /** The one component that a side names. */
  component(rule: string, selection: unknown): string {
    let component: string | undefined;
    let count = 0;
    if (typeof selection === 'object' && selection !== null) {
      for (const name in selection) {
        if (!Object.hasOwn(selection, name)) continue;
        component = name;
        count += 1;
      }
    }
    if (component !== undefined && count === 1) return component;
    const what = `a selection names ${count} components`;
    throw invalid(`rule ${rule}`, what, 'rules are about pairs', 'write {payments: ">=2.1.0"}');
  }

  /** Checks that the catalog has the component. */
  requireKnown(rule: string, component: string): void {
    if (!this.known.has(component)) throw unknownComponent(`rule ${rule}`, component, this.known.keys());
  }

  /** The versions that a side names. */
  versions(rule: string, selection: Readonly<Record<string, unknown>>, component: string): Versions {
    const versions = selection[component];
    if (isVersion(versions)) return versions;
    if (Array.isArray(versions) && versions.length > 0 && versions.every(isVersion)) return versions;
    const what = `the versions of ${component} are ${JSON.stringify(versions)}`;
    const next = 'write a range, a name or a list of names';
    throw invalid(`rule ${rule}`, what, 'a rule that matches nothing protects nothing', next);
  }
}

type WrittenRule = NonNullable<NonNullable<PlanCatalog['compatibility']>['rules']>[number];

const reserved = /^(?:requires|unknown|isolates|restores):|^(?:stage-order|dispatch-barrier)$/;

function unusableRule(id: unknown): LastgoodError {
  const what = `${JSON.stringify(id)} can not be the id of a rule`;
  return invalid('catalog.compatibility.rules', what, 'people accept rules by name', 'give it a short name of its own');
}

function notAPair(id: string, forbid: unknown): LastgoodError {
  const what = `it forbids ${Array.isArray(forbid) ? forbid.length : 0} selections together`;
  return invalid(`rule ${id}`, what, 'rules are about pairs', 'write one rule for every two components');
}

function isVersion(versions: unknown): versions is string {
  return isPrintable(versions, 1_024);
}

import type { z } from 'zod';
import type { catalogSchema } from '../../src/contract/catalog-schema';
import type { Catalog } from '../../src/domain/catalog';

/** `readonly` all the way down, the form of the domain. */
type Frozen<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

/** True only when the two are the same type, optional keys and all. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the unresolved T is what makes the comparison exact
type Same<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;

describe('the schema of the catalog', () => {
  it('answers with exactly the Catalog of the domain (this test is run by the type checker)', () => {
    const same: Same<Frozen<z.output<typeof catalogSchema>>, Frozen<Catalog>> = true;
    expect(same).toBe(true);
  });
});

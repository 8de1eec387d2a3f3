/** The recovery time that the product promises: two minutes from approval to restored. */
export const recoveryTargetMs = 120_000;

/** Time between two moments, if both are known. */
export function span(fromMs: number | undefined, toMs: number | undefined): number | undefined {
  return fromMs === undefined || toMs === undefined ? undefined : toMs - fromMs;
}

/** `{name: value}`, or nothing at all when there is no value: absent, not undefined. */
export function given<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [name in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [name in Name]: Value });
}

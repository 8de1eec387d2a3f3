import type { ErrorCode } from '../domain/error-catalogue';
import type { Draft } from './draft';
import { mapOf, namesOf, textOf, writtenNames, type CatalogNames, type ComponentNames, type Written } from './names';
import { didYouMean } from './nearest';
import { pathText, placeText, type Path, type Place } from './place';

/** Everything that one part of a catalog says about another: unknown names, names given twice, `versionFrom`. */
export function checkReferences(catalog: unknown, place: Place): readonly Draft[] {
  const names = namesOf(catalog);
  const findings = [
    ...[...names.components].flatMap(([name, component]) => checkComponent(name, component, names)),
    ...checkRules(names),
    ...names.flags.flatMap(({ id, path, value }) => checkFlag(id, path, value, names)),
    ...names.groups.flatMap(({ path, value }) => checkGroup(path, value, names)),
    ...checkBarriers(names),
  ];
  return findings.map(({ path, firstPath, ...draft }) => ({
    ...draft,
    ...(firstPath === undefined ? {} : { why: `${draft.why}; it is also at ${placeText(place, firstPath)}` }),
    place: placeText(place, path),
  }));
}

interface Finding {
  readonly code: ErrorCode;
  readonly path: Path;
  readonly what: string;
  readonly why: string;
  readonly next: string;
  /** Where the same name stands before. */
  readonly firstPath?: Path;
}

function checkComponent(name: string, component: ComponentNames, { components }: CatalogNames): readonly Finding[] {
  const ids = component.layers.flatMap(({ id, path }) =>
    id === undefined ? [] : [{ name: id, path: [...path, 'id'] }],
  );
  const known = ids.map((written) => written.name);
  return [
    ...twice(ids, `the layer id {} of ${name}`),
    ...twice(component.checks, `the check {} of ${name}`),
    ...twice(component.dependsOn, `the dependency {} of ${name}`),
    ...checkVersionFrom(name, component),
    ...component.dependsOn.flatMap((written) =>
      written.name === name ? [selfDependency(written)] : unknownComponent(written, `${name} depends on`, components),
    ),
    ...Object.entries(component.placements).flatMap(([placement, overrides]) =>
      Object.keys(mapOf(overrides)).flatMap((id) => {
        const path = [...component.path, 'placements', placement, id];
        return unknownName(
          { name: id, path },
          `placement ${placement} of ${name} names`,
          `a layer id of ${name}`,
          known,
        );
      }),
    ),
  ];
}

function checkVersionFrom(name: string, { layers, path }: ComponentNames): readonly Finding[] {
  const told = layers.filter(({ versionFrom }) => versionFrom);
  if (layers.length < 2 || told.length === 1) return [];
  const named = told.map(({ id }) => id ?? '?').join(' and ');
  return [
    {
      code: 'CATALOG_INVALID',
      path: told[1] === undefined ? [...path, 'layers'] : [...told[1].path, 'versionFrom'],
      what:
        told.length === 0 ? `no layer of ${name} has versionFrom` : `the layers ${named} of ${name} have versionFrom`,
      why: 'exactly one layer must tell which release is live',
      next: 'write versionFrom: true at the layer that knows the version, and at no other',
    },
  ];
}

function checkRules({ rules, components }: CatalogNames): readonly Finding[] {
  const ids = rules.flatMap(({ id, path }) => (id === undefined ? [] : [{ name: id, path: [...path, 'id'] }]));
  const unknown = rules.flatMap((rule) =>
    rule.components.flatMap((written) => unknownComponent(written, `rule ${rule.id ?? '?'} names`, components)),
  );
  return [...twice(ids, 'the rule id {}'), ...unknown];
}

function checkFlag(
  id: string,
  path: Path,
  flag: Readonly<Record<string, unknown>>,
  names: CatalogNames,
): readonly Finding[] {
  const [component, layer] = [textOf(flag['component']), textOf(flag['layer'])];
  const known = component === undefined ? undefined : names.components.get(component);
  const rules = names.rules.flatMap((rule) => rule.id ?? []);
  const waives = writtenNames(flag['waives'], [...path, 'waives']);
  return [
    ...(component === undefined
      ? []
      : unknownComponent({ name: component, path: [...path, 'component'] }, `flag ${id} names`, names.components)),
    ...(layer === undefined || known === undefined
      ? []
      : unknownName(
          { name: layer, path: [...path, 'layer'] },
          `flag ${id} names`,
          `a layer id of ${component}`,
          layerIds(known),
        )),
    ...twice(waives, `the rule {} that flag ${id} waives`),
    ...waives
      .filter(({ name }) => !name.startsWith('requires:'))
      .flatMap((written) => unknownName(written, `flag ${id} waives`, 'a rule id', rules)),
  ];
}

function checkGroup(
  path: Path,
  group: Readonly<Record<string, unknown>>,
  { components }: CatalogNames,
): readonly Finding[] {
  const members = writtenNames(group['components'], [...path, 'components']);
  const layer = textOf(group['layer']);
  const known = members.flatMap(({ name }) => layerIds(components.get(name)));
  return [
    ...members.flatMap((written) => unknownComponent(written, `${pathText(path)} names`, components)),
    ...twice(members, `the component {} of ${pathText(path)}`),
    ...(layer === undefined
      ? []
      : unknownName(
          { name: layer, path: [...path, 'layer'] },
          `${pathText(path)} names`,
          'a layer id of its components',
          known,
        )),
  ];
}

function checkBarriers({ barriers, placements }: CatalogNames): readonly Finding[] {
  return [
    ...barriers.flatMap((written) =>
      unknownName(written, 'the barriers name', 'a placement of any component', placements),
    ),
    ...twice(barriers, 'the placement {} of the barriers'),
  ];
}

function layerIds(component: ComponentNames | undefined): readonly string[] {
  return (component?.layers ?? []).flatMap(({ id }) => id ?? []);
}

function unknownComponent(written: Written, who: string, components: ReadonlyMap<string, unknown>): readonly Finding[] {
  if (components.has(written.name)) return [];
  const why = `there is no component "${written.name}"${didYouMean(written.name, components.keys())}`;
  return [
    {
      code: 'CATALOG_UNKNOWN_COMPONENT',
      path: written.path,
      what: `${who} "${written.name}"`,
      why,
      next: 'fix the name',
    },
  ];
}

function unknownName({ name, path }: Written, who: string, kind: string, known: Iterable<string>): readonly Finding[] {
  const all = [...known];
  if (all.includes(name)) return [];
  const why = `"${name}" is not ${kind}${didYouMean(name, all)}`;
  return [{ code: 'CATALOG_INVALID', path, what: `${who} "${name}"`, why, next: 'fix the name' }];
}

function selfDependency({ name, path }: Written): Finding {
  return {
    code: 'CATALOG_INVALID',
    path,
    what: `${name} depends on itself`,
    why: 'a component is always related to itself',
    next: 'remove it',
  };
}

function twice(names: readonly Written[], what: string): readonly Finding[] {
  const first = new Map<string, Path>();
  return names.flatMap(({ name, path }): readonly Finding[] => {
    const firstPath = first.get(name);
    if (firstPath === undefined) first.set(name, path);
    if (firstPath === undefined) return [];
    const why = 'only one of the two could count';
    return [
      {
        code: 'CATALOG_DUPLICATE',
        path,
        firstPath,
        what: `${what.replace('{}', () => `"${name}"`)} is given twice`,
        why,
        next: 'keep one of the two',
      },
    ];
  });
}

import { placesOf, type Ground } from './ground';

/** A flag whose state nobody has seen counts as on. */
export function isOff(flags: Readonly<Record<string, boolean>> | undefined, name: string): boolean {
  return flags !== undefined && Object.hasOwn(flags, name) && flags[name] === false;
}

/** True when this component placement has a flag that could be switched off. */
export function hasFlagOn(ground: Ground, at: number): boolean {
  return Object.entries(ground.facts.catalog.flags ?? {}).some(
    ([name, { component }]) => placesOf(ground, component).includes(at) && !isOff(ground.live[at]!.flags, name),
  );
}

import { escapeTerminal } from './escape';

/** A command that may not be broken over lines; `wrap` turns the hard spaces back. */
export function unbroken(text: string): string {
  return text.replace(/ /g, hardSpace);
}

/** A sentence of ours that may hold commands (`… instead:  lastgood stop rb-1`), which stay whole. Never for people's text. */
export function suggestion(text: string): string {
  return escapeTerminal(text).replace(/\n+/g, '  ').replace(commandInText, unbroken);
}

/** Every complete command that a screen or report suggests: from `lastgood ` to two spaces, a backtick or the end of the line. */
export function suggestedCommands(screen: string): readonly string[] {
  return (screen.match(commandInText) ?? []).map((command) => command.trim());
}

/** A way out as people read it: a bare command says what it does before it is typed. */
export function offerText(offer: string): string {
  if (!offer.startsWith('lastgood ')) return offer;
  const lead = leads.find(([words]) => offer.includes(words))?.[1];
  return lead === undefined ? offer : `${lead}:  ${offer}`;
}

const leads = [
  [' --flag-only', 'switch the flags off and keep the versions, in seconds'],
  [' --accept ', 'accept that this rule is violated'],
  [' --to ', 'with another target'],
  [' known-good ', 'vouch for it by name'],
] as const;

/** A space at which no line is broken; `oneLine` turns those of people into plain ones, so every one is ours. */
export const hardSpace = '\u00a0';

const commandInText = /\blastgood (?:(?! {2}|`).)+/g;

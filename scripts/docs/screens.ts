/**
 * A document with every screen written between its two markers, `<!-- NAME -->` and `<!-- /NAME -->` around a code
 * block. Throws for a marker without a screen and for a screen without a marker.
 */
export function withScreens(document: string, screens: ReadonlyMap<string, string>): string {
  const shown = new Set<string>();
  const written = document.replace(between, (_, before: string, name: string, after: string) => {
    const screen = screens.get(name);
    if (screen === undefined) throw new Error(`no screen is called ${name}`);
    shown.add(name);
    return `${before}${screen}\n${after}`;
  });
  const missing = [...screens.keys()].filter((name) => !shown.has(name));
  if (missing.length > 0) throw new Error(`no marker for the screen ${missing.join(', ')}`);
  return written;
}

const between = /(<!-- ([a-z-]+) -->\n```\n).*?(```\n<!-- \/\2 -->)/gs;

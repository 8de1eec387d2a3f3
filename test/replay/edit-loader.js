/** A webpack loader: replaces texts of one source file, all at once, so that two of them can change places. */
module.exports = function edit(source) {
  const { replace } = this.getOptions();
  for (const [from] of replace) {
    if (source.split(from).length !== 2) throw new Error(`${this.resourcePath} does not hold this once: ${from}`);
  }
  const places = replace.map(([from, to]) => ({ at: source.indexOf(from), from, to })).sort((a, b) => b.at - a.at);
  return places.reduce((text, { at, from, to }) => text.slice(0, at) + to + text.slice(at + from.length), source);
};

/** Prints, at the end of a run and by name, each suite that was skipped for want of a server, with what would provide it. */
class SkippedForWantOfAServer {
  onRunComplete(_contexts, { testResults }) {
    const suites = new Set(testResults.flatMap(({ testResults: tests }) => tests.flatMap(skippedSuites)));
    if (suites.size === 0) return;
    const lines = [...suites].map((suite) => `  ○ ${suite}`);
    process.stderr.write(`\nSkipped for want of a server:\n${lines.join('\n')}\n`);
  }
}

function skippedSuites({ status, ancestorTitles }) {
  if (status !== 'pending' && status !== 'skipped') return [];
  return ancestorTitles.flatMap((title) => {
    const match = /^(.*) \[needs (.*): (npm run servers -- .*)\]$/.exec(title);
    return match === null ? [] : [`${match[1]}: needs ${match[2]}; provide it with: ${match[3]}`];
  });
}

module.exports = SkippedForWantOfAServer;

import { allBack, untouched } from '../invariants';
import type { Row } from '../row';

function unhealthy(metrics: 'down' | 'nan' | 'empty'): Row {
  return {
    id: `F17 ${metrics}`,
    fault: 'the metrics say nothing',
    injection: { down: 'no answer', nan: 'NaN', empty: 'an empty page' }[metrics],
    expected: 'everything is back, and it never says confirmed',
    catalog: { scrape: true, confirmWithin: '5s' },
    play: async (stage) => {
      await stage.targets.showMetrics('orders', metrics);
      const run = await stage.begin();
      await stage.approve(run);
      await stage.ended(run);
      return { run, expected: { ...allBack, outcome: 'restored-unconfirmed' } };
    },
  };
}

function jump(hours: number): Row {
  return {
    id: `F18 ${hours > 0 ? '+' : ''}${hours} h`,
    fault: 'the clock of a worker jumps',
    injection: `after the plan was shown the worker is another one, whose clock is off by ${hours} h`,
    expected: 'neither expired nor confirmed early; each effect once',
    play: async (stage) => {
      const run = await stage.begin();
      await stage.openAsk(run);
      await stage.workers.replace({ clockMs: hours * 3_600_000 });
      await stage.approve(run);
      await stage.ended(run);
      return { run, expected: allBack };
    },
  };
}

/** Rows about what Lastgood believes: metrics, clocks, rehearsals. */
export const judgementRows: readonly Row[] = [
  unhealthy('down'),
  unhealthy('nan'),
  unhealthy('empty'),
  jump(1),
  jump(-1),
  {
    id: 'I11',
    fault: 'none: a dry run',
    injection: 'a dry run to its end',
    expected: 'the journals of the targets are empty',
    play: async (stage) => {
      const run = await stage.begin({ dryRun: true });
      await stage.ended(run);
      return { run, expected: untouched('rehearsed') };
    },
  },
];

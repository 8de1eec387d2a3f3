import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCatalogue } from '../../src/domain/error-catalogue';
import { commands as offers } from '../../src/planning/offers';
import { commands } from '../../src/report/commands';
import { suggestedCommands } from '../../src/report/suggestions';
import { documents, textOf } from '../docs/examples';
import { plans } from '../report/fixtures';
import { complaintAbout, complaintsAbout } from './complaint';

const golden = join(__dirname, '..', 'golden');
const screens = readdirSync(golden, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(txt|md)$/.test(name))
  .sort();

describe('every command that Lastgood suggests can be typed', () => {
  it.each(screens)('on the screen %s', async (name) => {
    expect(await complaintsAbout(readFileSync(join(golden, name), 'utf8'))).toEqual([]);
  });

  it('and they are found', () => {
    const found = screens.flatMap((name) => suggestedCommands(readFileSync(join(golden, name), 'utf8')));
    const named = new Set(found.map((line) => line.split(' ')[1]));
    expect([...named]).toEqual(
      expect.arrayContaining(['approve', 'hold', 'plan', 'retry', 'rollback', 'status', 'stop']),
    );
  });

  it.each(Object.entries(plans).filter(([, { refusals }]) => refusals.length > 0))(
    'among the ways out of the plan %s',
    async (_name, { refusals }) => {
      const ways = refusals.flatMap(({ offers }) => offers);
      expect(ways.length).toBeGreaterThan(0);
      expect(await complaintsAbout(ways.join('\n'))).toEqual([]);
    },
  );

  it.each(documents().filter((path) => suggestedCommands(blocksOf(textOf(path))).length > 0))(
    'in the blocks of %s',
    async (path) => {
      expect(await complaintsAbout(blocksOf(textOf(path)))).toEqual([]);
    },
  );

  it.each(Object.entries(errorCatalogue).filter(([, { remedy }]) => remedy.includes('lastgood ')))(
    'as the remedy of %s',
    async (_code, { remedy }) => expect(await complaintsAbout(remedy)).toEqual([]),
  );

  it.each([
    ['plan', offers.plan('production', ['orders', 'payments/eu'])],
    ['planTo', offers.planTo('production', ['orders'], 'orders', "3.0.9-it's")],
    ['flagOnly', offers.flagOnly('production', ['orders'])],
    ['accept', offers.accept('production', ['orders'], 'requires:payments@2.1.0:orders')],
    ['markKnownGood', offers.markKnownGood('production', 'orders', '3.0.9 rc')],
  ])('as the offer %s of a plan', async (name, offer) => {
    expect(Object.keys(offers)).toContain(name);
    expect(await complaintsAbout(offer)).toEqual([]);
  });

  it.each([
    commands.stop('rb-production-42'),
    commands.status('rollback/production/INC-381'),
    commands.watch('rb-production-42'),
    commands.report('rb-production-42'),
    commands.rollback('production', ['orders', 'payments/eu']),
    commands.planJson('production', ['orders']),
    commands.check('production', ['orders']),
    commands.liftHold('production', 'orders'),
    commands.liftMark('orders', '3.1.0 hotfix'),
  ])('as the line: %s', async (line) => expect(await complaintAbout(line)).toBeUndefined());

  it.each([
    ['lastgood rolback production orders --reason "x"', /unknown command 'rolback'/],
    ['lastgood rollback production orders', /required option '--reason/],
    ['lastgood rollback production orders --reason x --wait', /unknown option '--wait'/],
    ['lastgood rollback production orders@3.1.0 --reason x', /can not be a component/],
    ['lastgood approve', /missing required argument/],
    ['lastgood history production --limit many', /is not a count/],
    ['temporal workflow list', /begins with temporal/],
  ])('and one that can not is noticed: %s', async (line, complaint) =>
    expect(await complaintAbout(line)).toMatch(complaint),
  );
});

/** Shell blocks: what a reader pastes. */
function blocksOf(text: string): string {
  return [...text.matchAll(/^ *```(?:sh|bash|console)\n(.*?)^ *```$/gms)]
    .map(([, block = '']) => block.replaceAll(/\s+#.*$/gm, ''))
    .join('\n');
}

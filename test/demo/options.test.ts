import { demoHelp, readOptions } from '../../src/demo/options';
import { LastgoodError } from '../../src/domain/errors';

it.each([
  [[], { yes: false, crash: false, kubernetes: false, help: false }],
  [['--yes', '--crash'], { yes: true, crash: true, kubernetes: false, help: false }],
  [['--kubernetes', '--crash'], { yes: false, crash: true, kubernetes: true, help: false }],
  [['-h'], { yes: false, crash: false, kubernetes: false, help: true }],
])('reads %j', (args, options) => {
  expect(readOptions(args)).toEqual(options);
});

it.each(['--no', '--yes=1', 'yes', '--help=x', ''])(
  'refuses "%s" with exit code 2 and says what can be written',
  (arg) => {
    const refused = (): unknown => readOptions(['--yes', arg]);
    expect(refused).toThrow(LastgoodError);
    expect(refused).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringContaining('-- --crash') }));
  },
);

it('names every flag in its help', () => {
  for (const flag of ['--yes', '--crash', '--kubernetes', '--help']) expect(demoHelp).toContain(flag);
});

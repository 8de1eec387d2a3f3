import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/program';
import { FakeLastgood } from '../fakes/lastgood';
import { FakeTerminal } from '../fakes/terminal';
import { complaintAbout, leavesOf } from './complaint';
import { sessionOf } from './session';
import { typed } from './typed';

const everyCommand = leavesOf(createProgram(sessionOf(new FakeTerminal(), new FakeLastgood()))).map((names) =>
  names.slice(1).join(' '),
);
const groups = ['', 'release', 'hold', 'catalog', 'audit'];

describe('help', () => {
  it('knows every command that is built', () => {
    expect([...everyCommand].sort()).toEqual([
      'approve',
      'audit verify',
      'catalog check',
      'catalog suggest',
      'check',
      'decide',
      'dev',
      'doctor',
      'freeze-writes',
      'gate',
      'gateway',
      'history',
      'hold lift',
      'hold set',
      'import',
      'list',
      'migrate',
      'pause',
      'plan',
      'reinstate',
      'reject',
      'release begin',
      'release digest',
      'release finish',
      'release mark',
      'report',
      'resume',
      'retry',
      'rollback',
      'skip',
      'status',
      'stop',
      'worker',
    ]);
  });

  it.each([...groups, ...everyCommand])('of "lastgood %s" ends with examples that can be typed', async (name) => {
    const { code, terminal } = await typed(`${name} --help`);
    expect(code).toBe(0);
    const examples = terminal.stdout
      .slice(terminal.stdout.search(/^Examples?:$/m))
      .split('\n')
      .filter((line) => line.startsWith('  lastgood '))
      .map((line) => line.trim());
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(example.startsWith(`lastgood ${name}`.trim())).toBe(true);
      expect(await complaintAbout(example)).toBeUndefined();
    }
    expect(terminal.stderr).toBe('');
  });

  it.each(everyCommand)('of "lastgood %s" says in words what each argument and option is', async (name) => {
    const { terminal } = await typed(`${name} --help`);
    const lines = terminal.stdout.split('\n');
    const undescribed = lines.filter(
      (line) => /^ {2}(-{1,2}[a-z]|<?\[?[a-z]+[\]>.]*$)/.test(line) && !/ {2}\S.* {2}\S|-f, --file/.test(line),
    );
    expect(undescribed).toEqual([]);
  });

  it('tells every exit code', async () => {
    const { terminal } = await typed('--help');
    for (const code of [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 130])
      expect(terminal.stdout).toMatch(new RegExp(`\\b${code} [a-z(]`));
  });

  it('fits into 80 columns', async () => {
    for (const name of [...groups, ...everyCommand]) {
      const { terminal } = await typed(`${name} --help`);
      const options = terminal.stdout.slice(0, terminal.stdout.search(/^Examples?:$/m));
      expect(options.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
  });

  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')) as {
      version: string;
    };
    const { code, terminal } = await typed('--version');
    expect([code, terminal.stdout]).toEqual([0, version]);
  });
});

describe('a line that can not be parsed ends with exit code 2, says why on stderr, and runs nothing', () => {
  it.each([
    ['rolback production orders', "unknown command 'rolback'", 'Did you mean rollback?', 'lastgood --help'],
    ['release beginn', "unknown command 'beginn'", 'Did you mean begin?', 'lastgood release --help'],
    ['status --wach', "unknown option '--wach'", 'Did you mean --watch?', 'lastgood status --help'],
    ['rollback production orders', "required option '--reason <text>' not specified", '', 'lastgood rollback --help'],
    ['start production orders', "required option '--reason <text>' not specified", '', 'lastgood rollback --help'],
    ['approve', "missing required argument 'rollback'", '', 'lastgood approve --help'],
    ['approve rb-1 orders', 'too many arguments', '', 'lastgood approve --help'],
    ['report rb-1 --format html', 'Allowed choices are md, json', '', 'lastgood report --help'],
    ['release finish production b1 --status done', 'Allowed choices are succeeded, failed', '', ''],
    ['release begin -f x --on-unavailable wait', 'Allowed choices are allow, refuse', '', ''],
    ['release mark broken orders@1 --reason x', 'Allowed choices are unstable, known-good, revoked, lift', '', ''],
    ['rollback production orders --key', "option '--key <key>' argument missing", '', ''],
    ['dev --prot 8470', "unknown option '--prot'", 'Did you mean --port?', 'lastgood dev --help'],
  ])('%s', async (line, what, why, next) => {
    const { code, terminal, lastgood } = await typed(line);
    expect(code).toBe(2);
    expect(terminal.stderr).toMatch(/^BAD_REQUEST {2}/);
    for (const part of [what, why, next]) expect(terminal.stderr).toContain(part);
    expect(terminal.stdout).toBe('');
    expect(lastgood.calls).toEqual([]);
  });

  it.each([
    ['rollback Production orders --reason x', '"Production" can not be an environment'],
    ['check production Orders', '"Orders" can not be a component'],
    ['plan production orders/eu/1', '"orders/eu/1" can not be a component'],
    ['rollback production orders@3.1.0 --reason x', 'write for example: orders'],
    ['rollback production orders --reason "  "', 'the reason says nothing'],
    ['rollback production orders --reason x --to orders', '"orders" is not COMPONENT=VERSION'],
    ['rollback production orders --reason x --to orders=', '"orders=" is not COMPONENT=VERSION'],
    ['rollback production orders --reason x --to orders=1 --to orders=2', 'orders is given two targets'],
    ['plan production orders --to orders=1=2', '"orders=1=2" is not COMPONENT=VERSION'],
    ['history production --limit many', '"many" is not a count'],
    ['history production --limit 0', 'expected a whole number from 1 to 1000'],
    ['list --limit 1e3', '"1e3" is not a count'],
    ['list --environment "two words"', '"two words" can not be an environment'],
    ['gate production payments', '"payments" is not COMPONENT@VERSION'],
    ['gate production @2.1.0', '"@2.1.0" is not COMPONENT@VERSION'],
    ['release mark known-good orders@1 --reason x', 'known-good holds per environment'],
    ['release mark unstable orders@1 --mark revoked --reason x', 'contradict each other'],
    ['hold set production payments@2 --reason x', '"payments@2" can not be a component'],
    ['dev --port 99999', '"99999" is not a port'],
    ['plan production', 'which environment and which components?'],
  ])('%s', async (line, said) => {
    const { code, terminal, lastgood } = await typed(line);
    expect(code).toBe(2);
    expect(terminal.stderr).toContain('BAD_REQUEST  ');
    expect(terminal.stderr).toContain(said);
    expect(terminal.stdout).toBe('');
    expect(lastgood.calls).toEqual([]);
  });

  it('as a JSON document too when a program asks', async () => {
    const { code, terminal } = await typed('history production --limit many --json');
    expect(code).toBe(2);
    expect(terminal.json).toEqual({
      error: {
        code: 'BAD_REQUEST',
        what: '"many" is not a count',
        why: 'expected a whole number from 1 to 1000',
        next: 'write for example: 20',
      },
    });
  });

  it.each(groups)('"lastgood %s" alone shows its help on stderr', async (name) => {
    const { code, terminal } = await typed(name);
    expect(code).toBe(2);
    expect(terminal.stderr).toContain('Commands:');
    expect(terminal.stdout).toBe('');
  });
});

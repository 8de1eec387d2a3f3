import { parseSeries } from '../../src/contract/series';

describe('a series selector', () => {
  it.each([
    ['up', 'up', []],
    ['up{}', 'up', []],
    [' up{a="b"} ', 'up', [{ name: 'a', op: '=', value: 'b' }]],
    [
      'up{a!="b",c!~"d|e",}',
      'up',
      [
        { name: 'a', op: '!=', value: 'b' },
        { name: 'c', op: '!~', value: 'd|e' },
      ],
    ],
    [
      'up{ a = "x, y" , b=~"5.." }',
      'up',
      [
        { name: 'a', op: '=', value: 'x, y' },
        { name: 'b', op: '=~', value: '5..' },
      ],
    ],
    [String.raw`up{a="say \"hi\" \\ {there}"}`, 'up', [{ name: 'a', op: '=', value: String.raw`say "hi" \ {there}` }]],
    [String.raw`up{a=~"\\d+\."}`, 'up', [{ name: 'a', op: '=~', value: String.raw`\d+\.` }]],
    ['ns:errors:rate5m', 'ns:errors:rate5m', []],
  ])('is read as Prometheus writes it: %s', (text, metric, labels) => {
    expect(parseSeries(text)).toEqual({ metric, labels });
  });

  it.each([
    '',
    '5xx',
    'up{',
    'up{a}',
    'up{a=b}',
    'up{a="b"',
    'up{a=~"(("}',
    'up{a="b"} offset 5m',
    'rate(up[5m])',
    'up{a="b" c="d"}',
  ])('is refused when it is something else: %s', (text) => {
    expect(parseSeries(text)).toBeUndefined();
  });
});

import { durationMs, isVersionRange, isVersionSelection, share } from '../../src/contract/units';

describe('units', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5h', 5_400_000],
    ['2 d', 172_800_000],
    ['0s', 0],
    ['', undefined],
    ['30', undefined],
    ['-1s', undefined],
    ['1m30s', undefined],
    ['1e3s', undefined],
  ])('reads the duration %p as %p ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each([
    ['0.5%', 0.005],
    ['7.1 %', 0.071],
    ['100%', 1],
    ['0.5', undefined],
    ['%', undefined],
  ])('reads the percentage %p as %p', (text, value) => {
    expect(share(text)).toBe(value);
  });

  it.each([
    ['>=2.1.0 <3', true, true],
    ['1.x || 2.x', true, true],
    ['2.1.0', true, true],
    ['build-812', false, true],
    ['2024-11-03_a', false, true],
    ['>=two', false, false],
    ['>=1.2.3.4', false, false],
    ['', false, false],
  ])('%p is a range: %p, and may stand in a rule: %p', (text, isRange, isSelection) => {
    expect(isVersionRange(text)).toBe(isRange);
    expect(isVersionSelection(text)).toBe(isSelection);
  });
});

import type { UnitProgress } from '../../src/domain/progress';
import { touchedUnits } from '../../src/workflows/touched';

const unit = (id: string, over: Partial<UnitProgress> = {}): UnitProgress => ({
  id,
  kind: 'move',
  components: [id],
  line: id,
  state: 'verified',
  startedAtMs: 1,
  ...over,
});

describe('the order in which units are put back', () => {
  it('begins with what is between two versions, then takes the last verified first', () => {
    const units = [
      unit('payments', { endedAtMs: 30 }),
      unit('search', { endedAtMs: 50 }),
      unit('orders', { endedAtMs: 40 }),
      unit('ledger', { state: 'failed', endedAtMs: 45 }),
    ];
    expect(touchedUnits(units)).toEqual({ between: ['ledger'], verified: ['search', 'orders', 'payments'] });
  });

  it('is the reverse of the plan where two were verified at the same moment', () => {
    const units = [unit('payments', { endedAtMs: 30 }), unit('orders', { endedAtMs: 30 })];
    expect(touchedUnits(units).verified).toEqual(['orders', 'payments']);
  });

  it('holds what was begun and held up, and nothing that was never begun or is the way back itself', () => {
    const { startedAtMs: _never, ...waiting } = unit('search', { state: 'waiting' });
    const units = [unit('payments', { state: 'waiting' }), waiting, unit('reinstate:orders', { kind: 'reinstate' })];
    expect(touchedUnits(units)).toEqual({ between: ['payments'], verified: [] });
  });
});

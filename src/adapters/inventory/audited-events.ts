import type { RollbackEvent } from '../../domain/rollback-event';
import type { AuditEntry } from './audit';

/**
 * What the audit keeps of a rollback's events: the plan, what people said, what was verified, how it ended. Each write is
 * there already, by its journal row; the rest is in the events.
 */
export function auditOf(rollback: string, event: RollbackEvent): AuditEntry | undefined {
  if (event.kind === 'planned') {
    return entry(rollback, 'rollback.planned', 'lastgood', { planDigest: event.planDigest, verdict: event.verdict });
  }
  if (event.kind === 'decided') {
    const { action, accepted, code, ask = null, comment = null, claimedBy } = event.decision;
    return entry(rollback, 'rollback.decided', claimedBy, { accepted, action, ask, code, comment });
  }
  if (event.kind === 'step-verified') {
    return entry(rollback, 'step.verified', 'lastgood', { step: event.step, summary: event.summary });
  }
  if (event.kind === 'unit-failed') {
    return entry(rollback, 'unit.failed', 'lastgood', { code: event.code, step: event.step, unit: event.unit });
  }
  if (event.kind === 'restored') return entry(rollback, 'rollback.restored', 'lastgood', {});
  if (event.kind === 'closed') {
    return entry(rollback, 'rollback.closed', 'lastgood', { outcome: event.outcome, why: event.why });
  }
  return undefined;
}

function entry(rollback: string, what: string, by: string, detail: object): AuditEntry {
  return { by, detail: { ...detail, rollback }, environment: environmentOf(rollback), what };
}

/** `rb-production-4` → `production`. */
function environmentOf(rollback: string): string {
  return rollback.replace(/^rb-/, '').replace(/-\d+$/, '');
}

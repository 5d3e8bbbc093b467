import type { Logger } from '../../observability/logger';
import { redact, redactField } from '../../observability/redact';
import type { AuditEntry, AuditLog, AuditTrail } from '../../state/stores';

const LONGEST_VALUE = 2000;
const LONGEST_NAME = 300;

/**
 * The audit trail as the app writes it: what looks like a secret is hidden before it is written for good, and every new entry is also a log event, `audit-entry`,
 * with its place and hash, so that Log Analytics has it within moments and a missing one shows there too.
 */
export function maskedAudit(trail: AuditTrail, log: Logger): AuditLog {
  return {
    append: async (entry, key) => {
      const masked = maskedEntry(entry);
      const record = await trail.record(masked, key);
      if (record === null) return;
      const { day, sequence, hash } = record;
      const { at, action, by, subject, correlationId, detail } = masked;
      log.info('audit-entry', {
        day,
        sequence,
        hash,
        at,
        action,
        by,
        subject,
        correlationId,
        detail: JSON.stringify(detail),
      });
    },
    list: (query) => trail.list(query),
  };
}

/** The same entry without what looks like a secret, and without texts of any length. */
export function maskedEntry({ at, action, by, subject, detail, correlationId }: AuditEntry): AuditEntry {
  const shown = Object.entries(detail).map(([name, value]) => {
    const masked = redactField(name, value);
    return [name, typeof masked === 'string' ? masked.slice(0, LONGEST_VALUE) : masked];
  });
  return {
    at,
    action,
    by: redact(by).slice(0, LONGEST_NAME),
    subject: redact(subject).slice(0, LONGEST_NAME),
    detail: Object.fromEntries(shown) as AuditEntry['detail'],
    correlationId,
  };
}

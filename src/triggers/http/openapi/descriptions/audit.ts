import type { RouteName } from '../../routes';
import { auditQuery, verificationQuery } from '../../audit';
import type { RouteDescription } from '../route-description';
import { auditDays, auditPage, auditVerification } from '../schemas/audit';

/** Routes about the audit trail. */
export const AUDIT = {
  'api-list-audit': {
    tag: 'service',
    summary: 'The audit trail of a day',
    query: auditQuery,
    answer: { means: 'Entries with their places and hashes.', schema: auditPage },
  },
  'api-audit-days': {
    tag: 'service',
    summary: 'Days of the audit trail',
    answer: { means: 'Where each day ends, and how far it is copied. The last 400.', schema: auditDays },
  },
  'api-audit-verification': {
    tag: 'service',
    summary: 'Whether the audit trail is whole',
    detail: 'Follows the chain of every day and compares it with the copy that nobody can change.',
    query: verificationQuery,
    answer: { means: 'What was looked at, and what is wrong.', schema: auditVerification },
  },
} as const satisfies Partial<Record<RouteName, RouteDescription>>;

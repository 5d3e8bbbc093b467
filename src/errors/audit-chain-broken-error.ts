import { SluiceError } from './sluice-error';

/** The audit trail does not go on where the copy that nobody can change ends. */
export class AuditChainBrokenError extends SluiceError {
  constructor(days: readonly string[]) {
    super(
      `The audit trail of ${days.join(', ')} does not go on where its copy ends: entries are missing or were changed.`,
      {
        class: 'persistent',
        code: 'audit-chain-broken',
        nextAction:
          'Keep table and copy as they are, and run sluice audit verify: it says what is missing or was changed.',
      },
    );
  }
}

import { useEffect, useState } from 'preact/hooks';
import { ask, problemOf } from '../api/client';
import type { BatchInDetail, Problem } from '../api/types';
import { formatRows } from '../format';
import { announce } from '../ui/announce';
import { Dialog } from '../ui/dialog';
import { ReasonField } from '../ui/field';
import { ProblemNote } from '../ui/problem-note';

export type Decision = 'approve' | 'retry' | 'discard';
interface Decided {
  readonly decided: number;
  readonly locked: number;
  readonly unreadable: number;
  readonly changed: number;
}

const WORDS: Readonly<Record<Decision, readonly [string, string]>> = {
  approve: ['Approve', 'Load the rows as they are. Their checks are noted, and waived for the reason that you give.'],
  retry: ['Retry', 'Run the rows through the present rules again.'],
  discard: ['Discard', 'Leave the rows out for good.'],
};

/** Decides about the rows that are chosen, or about all that match the filter; says first what would become of them. */
export function DecideDialog({
  batch,
  decision,
  rows,
  filter,
  onDone,
  onClose,
}: {
  readonly batch: BatchInDetail;
  readonly decision: Decision;
  /** Empty: all that match the filter. */
  readonly rows: readonly string[];
  readonly filter: { readonly state: string; readonly reason: string };
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const [would, setWould] = useState<Decided | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const path = `quarantine/${encodeURIComponent(batch.batch)}/decisions`;
  const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ''));
  const what = rows.length > 0 ? { rows } : { filter: given };
  useEffect(() => {
    ask<Decided>('POST', path, { decision, reason: 'what would become of them', dryRun: true, ...what }).then(
      setWould,
      (error: unknown) => setProblem(problemOf(error)),
    );
  }, []);
  const decide = async (): Promise<void> => {
    const { decided } = await ask<Decided>('POST', path, { decision, reason, ...what });
    announce(`${formatRows(decided)}: ${decision}.`);
    onDone();
  };
  const [verb, words] = WORDS[decision];
  return (
    <Dialog
      title={`${verb} ${rows.length > 0 ? formatRows(rows.length) : 'all rows that match'}`}
      action={would === null ? verb : `${verb} ${formatRows(would.decided)}`}
      danger={decision === 'discard'}
      onConfirm={decide}
      onClose={onClose}
    >
      <p>{words}</p>
      {problem !== null && <ProblemNote problem={problem} />}
      {would !== null && (
        <ul>
          <li>{formatRows(would.decided)} would be decided.</li>
          {would.locked > 0 && <li>{formatRows(would.locked)} were released already.</li>}
          {would.unreadable > 0 && <li>{formatRows(would.unreadable)} could not be parsed, and need an edit first.</li>}
        </ul>
      )}
      <ReasonField value={reason} onInput={setReason} />
    </Dialog>
  );
}

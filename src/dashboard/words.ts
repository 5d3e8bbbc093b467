import type { Failure, Run, Status } from './api/types';
import { formatTime } from './format';

/** What a status is called on the page. */
export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  Queued: 'Queued',
  InProgress: 'In progress',
  Succeeded: 'Succeeded',
  Failed: 'Failed',
  Cancelled: 'Cancelled',
  Skipped: 'Skipped',
};

/** What a data state means to whoever has to decide. */
export const DATA_STATE_WORDS: Readonly<Record<Failure['dataState'], string>> = {
  'nothing-loaded': 'Nothing was loaded. The target is as it was before.',
  'staged-not-published': 'Rows were staged, none are visible. The target is as it was before.',
  published: 'The data is published. Only what comes after it failed.',
  unknown: 'It is not known whether the load was published. The ledger of the target says so.',
};

export const CLASS_WORDS: Readonly<Record<Failure['class'], string>> = {
  transient: 'Transient: it was tried again, and kept failing',
  infrastructure: 'Infrastructure: it was tried again, and kept failing',
  persistent: 'Persistent: trying again without a change fails again',
  business: 'Data: it breaks a rule that was set for it',
};

/** What started a run, in words. */
export function triggerWords(trigger: Run['trigger']): string {
  switch (trigger.kind) {
    case 'manual':
      return trigger.rerunOf === undefined ? `Started by ${trigger.by}` : `Started again by ${trigger.by}`;
    case 'schedule':
      return `Due at ${formatTime(trigger.dueAt)}`;
    case 'blob':
    case 'event':
      return `File ${trigger.path}`;
    case 'release':
      return `Released rows, by ${trigger.by}`;
    case 'backfill':
      return `Backfill, window ${trigger.window + 1}`;
  }
}

/** The pipelines of a run, briefly. */
export function pipelinesWords(run: Run): string {
  const names = run.pipelines.map(({ pipeline }) => pipeline);
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

/** The failures of a run, each once, those of pipelines first. */
export function failuresOf(run: Run): readonly Failure[] {
  const failures = run.pipelines.flatMap(({ pipeline, failure }) =>
    failure === null ? [] : [{ pipeline, ...failure }],
  );
  const { failure } = run;
  if (failure === null || failures.some(({ message }) => message === failure.message)) return failures;
  return [...failures, failure];
}

/** Milliseconds that something took, or takes so far. */
export function elapsed(from: string | null, to: string | null, now = Date.now()): number {
  return from === null ? 0 : Math.max(0, (to === null ? now : Date.parse(to)) - Date.parse(from));
}

import { BackfillNotPossibleError } from '../../errors/backfill-not-possible-error';
import type { ColumnType } from '../../model/column';
import type { LoadedRange } from '../../steps/extract/source';

const HAS_ZONE = /[T ].*(Z|[+-]\d{2}:?\d{2})$/;

/** Throws `backfill-not-possible` for a bound that is written as another type than the cursor's. `shownType` is what people call it. */
export function refuseOtherBound(text: string, name: string, type: ColumnType, shownType: string): void {
  const isNumber = /^-?\d+$/.test(text);
  const wantsTime = type === 'date' || type === 'timestamp' || type === 'timestamptz';
  const refuse = (why: string): never => {
    throw new BackfillNotPossibleError(`The bound '${text}' does not suit ${name}, which is ${shownType}: ${why}`);
  };
  if (isNumber === wantsTime) refuse(wantsTime ? 'write a date or a time' : 'write a whole number');
  // A database knows words such as yesterday, which mean another day in each attempt.
  if (wantsTime && !/^\d{4}-\d\d-\d\d/.test(text)) refuse('write a date or a time, such as 2026-01-31');
  if (type === 'date' && text.length > 10) refuse('write whole days, such as 2026-01-31');
  // The zone would be dropped without a word.
  if (type === 'timestamp' && HAS_ZONE.test(text)) refuse('it has no time zone, so write times without one');
}

/** Throws `backfill-not-possible`: an append would double what the range has loaded or will. */
export function refuseOverlap(
  name: string,
  window: { readonly from: string; readonly to: string },
  { from, to, by }: LoadedRange,
): never {
  const range = `from ${from ?? 'the beginning'}${to === null ? ' on' : ` to ${to}`}`;
  throw new BackfillNotPossibleError(
    `The window of ${name} from ${window.from} to below ${window.to} overlaps what ${by} takes (${range}): this pipeline appends, so its rows would be there twice. ` +
      `Backfill what lies outside, take back the run that loaded it (sluice undo), or give the target a key and writeDisposition: merge`,
  );
}

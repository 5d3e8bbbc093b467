import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import type { BatchInDetail, QuarantinedRow } from '../api/types';
import { announce } from '../ui/announce';
import { Dialog } from '../ui/dialog';
import { Field, ReasonField } from '../ui/field';

/** New values for a row; only those that were changed are sent. */
export function EditRowDialog({
  batch,
  row,
  onDone,
  onClose,
}: {
  readonly batch: BatchInDetail;
  readonly row: QuarantinedRow;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const before = { ...row.values, ...row.edits };
  const [values, setValues] = useState<Readonly<Record<string, string | null>>>(before);
  const [reason, setReason] = useState('');
  const save = async (): Promise<void> => {
    const changed = Object.entries(values).filter(([name, value]) => value !== (before[name] ?? null));
    await ask('PATCH', `quarantine/${encodeURIComponent(batch.batch)}/rows/${row.row}`, {
      values: Object.fromEntries(changed),
      reason,
    });
    announce(`Row ${row.row} was edited.`);
    onDone();
  };
  return (
    <Dialog title={`Edit row ${row.row}`} action="Save" onConfirm={save} onClose={onClose}>
      <p>
        Kept out because of <strong>{row.reasons.join(', ')}</strong>. A decision that was there must be taken again.
      </p>
      {row.raw !== null && <pre>{row.raw}</pre>}
      <div class="columns">
        {batch.columns.map(({ name, type }) => {
          const value = values[name] ?? null;
          const masked = batch.masked.includes(name);
          const set = (next: string | null): void => setValues({ ...values, [name]: next });
          return (
            <Field
              key={name}
              label={`${name} (${type})`}
              {...(masked && { hint: 'Masked: correct it at the source.' })}
            >
              {(id, hint) => (
                <span class="value">
                  <input
                    id={id}
                    aria-describedby={hint}
                    disabled={masked || value === null}
                    value={value ?? ''}
                    onInput={(event) => set(event.currentTarget.value)}
                  />
                  <label class="check">
                    <input
                      type="checkbox"
                      disabled={masked}
                      checked={value === null}
                      onChange={(event) => set(event.currentTarget.checked ? null : '')}
                    />
                    null<span class="unseen"> for {name}</span>
                  </label>
                </span>
              )}
            </Field>
          );
        })}
      </div>
      <ReasonField value={reason} onInput={setReason} />
    </Dialog>
  );
}

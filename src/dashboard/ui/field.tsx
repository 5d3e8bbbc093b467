import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** A control with its label, and a hint below it. */
export function Field({
  label,
  hint,
  children,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly children: (id: string, hintId: string | undefined) => ComponentChildren;
}) {
  const id = useId();
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(id, hintId)}
      {hint !== undefined && (
        <p class="hint" id={hintId}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** Why something is done; it goes into the audit trail. */
export function ReasonField({
  value,
  onInput,
  required = true,
}: {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly required?: boolean;
}) {
  return (
    <Field label={required ? 'Reason' : 'Reason (optional)'} hint="Goes into the audit trail, with your name.">
      {(id, hint) => (
        <input
          id={id}
          aria-describedby={hint}
          required={required}
          maxLength={500}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

/** One of some choices, as a list to open. */
export function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly onChange: (value: T) => void;
}) {
  return (
    <Field label={label}>
      {(id) => (
        <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value as T)}>
          {options.map(([key, words]) => (
            <option key={key} value={key}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { problemOf } from '../api/client';
import type { Problem } from '../api/types';
import { Field } from './field';
import { ProblemNote } from './problem-note';

/** Names that the environment wants to be typed before something is done there. */
export interface Confirmed {
  readonly confirm?: readonly string[];
}

interface DialogProps {
  readonly title: string;
  /** What the button that does it says. */
  readonly action: string;
  readonly danger?: boolean;
  /** Does it; what it throws is shown, and the dialog stays. What it is given goes into the body of the request. */
  readonly onConfirm: (confirmed: Confirmed) => Promise<void>;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Asks before something is done. The browser keeps the focus inside and gives it back to where it came from. */
export function Dialog({ title, action, danger = false, onConfirm, onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [wanted, setWanted] = useState<readonly string[]>([]);
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  useEffect(() => {
    const came = document.activeElement;
    element.current?.showModal();
    element.current?.querySelector<HTMLElement>('input, textarea, select')?.focus();
    return () => {
      if (came instanceof HTMLElement && came.isConnected) came.focus();
    };
  }, []);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await onConfirm(wanted.length === 0 ? {} : { confirm: wanted.map((name) => typed[name] ?? '') });
      onClose();
    } catch (error) {
      const refused = problemOf(error);
      // The environment wants names to be typed: that is asked for here.
      if (refused.code === 'confirmation-required') setWanted(namesOf(refused));
      setProblem(refused);
      setBusy(false);
    }
  };
  return (
    <dialog ref={element} aria-labelledby={heading} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void confirm();
        }}
      >
        <h2 id={heading}>{title}</h2>
        {children}
        {problem !== null && <ProblemNote problem={problem} />}
        {wanted.map((name) => (
          <Field key={name} label={`Type ${name} to confirm`}>
            {(id) => (
              <input
                id={id}
                autocomplete="off"
                required
                value={typed[name] ?? ''}
                onInput={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
              />
            )}
          </Field>
        ))}
        <div class="actions">
          <button type="submit" class={danger ? 'danger' : 'primary'} disabled={busy}>
            {busy ? 'Working …' : action}
          </button>
          <button type="button" onClick={onClose}>
            Keep it as it is
          </button>
        </div>
      </form>
    </dialog>
  );
}

function namesOf(problem: Problem): readonly string[] {
  const names = problem['confirm'];
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

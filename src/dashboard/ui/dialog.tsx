import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { problemOf } from '../api/client';
import type { Problem } from '../api/types';
import { ProblemNote } from './problem-note';

interface DialogProps {
  readonly title: string;
  /** What the button that does it says. */
  readonly action: string;
  readonly danger?: boolean;
  /** Does it; what it throws is shown, and the dialog stays. */
  readonly onConfirm: () => Promise<void>;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Asks before something is done. The browser keeps the focus inside and gives it back to where it came from. */
export function Dialog({ title, action, danger = false, onConfirm, onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
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
      await onConfirm();
      onClose();
    } catch (error) {
      setProblem(problemOf(error));
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

import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import type { Alert } from '../api/types';
import { announce } from '../ui/announce';
import { Dialog } from '../ui/dialog';
import { Field, ReasonField } from '../ui/field';

/** Takes an alert up, so that nobody else is called; or says that it is over. */
export function AlertDialog({
  alert,
  act,
  onDone,
  onClose,
}: {
  readonly alert: Alert;
  readonly act: 'acknowledge' | 'resolve';
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [text, setText] = useState('');
  const isResolve = act === 'resolve';
  const confirm = async (): Promise<void> => {
    await ask('POST', `alerts/${alert.id}/${act}`, isResolve ? { reason: text } : { note: text });
    announce(isResolve ? 'The alert is resolved.' : 'You have taken the alert up.');
    onDone();
  };
  return (
    <Dialog
      title={`${isResolve ? 'Resolve' : 'Take up'}: ${alert.title}`}
      action={isResolve ? 'Resolve' : 'Take it up'}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>
        {isResolve
          ? 'It is over, or was none. What comes later of the same kind is an alert of its own.'
          : 'Nobody else is called for it from now on; it stays until what it is about is over.'}
      </p>
      {isResolve ? (
        <ReasonField value={text} onInput={setText} />
      ) : (
        <Field label="Note (optional)" hint="For those who look at it next.">
          {(id, hint) => (
            <input
              id={id}
              aria-describedby={hint}
              maxLength={500}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
      )}
    </Dialog>
  );
}

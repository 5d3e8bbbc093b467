import { useState } from 'preact/hooks';
import { ask } from '../api/client';
import { announce } from '../ui/announce';
import { Dialog } from '../ui/dialog';
import { ReasonField } from '../ui/field';

/** Pauses a pipeline, or all of them where none is named; or ends the pause. */
export function PauseDialog({
  pipeline,
  resume,
  onDone,
  onClose,
}: {
  readonly pipeline: string | null;
  readonly resume: boolean;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const what = pipeline ?? 'all pipelines';
  const path = pipeline === null ? '' : `pipelines/${encodeURIComponent(pipeline)}/`;
  const change = async (): Promise<void> => {
    await ask('POST', `${path}${resume ? 'resume' : 'pause'}`, { reason });
    announce(resume ? `The pause of ${what} has ended.` : `Paused: ${what}.`);
    onDone();
  };
  return (
    <Dialog
      title={`${resume ? 'Resume' : 'Pause'} ${what}`}
      action={resume ? 'Resume' : 'Pause'}
      onConfirm={change}
      onClose={onClose}
    >
      <p>
        {resume
          ? 'Files and rows that came meanwhile are taken by the next run.'
          : 'Schedules, files and starts of several pipelines skip it from now on. Runs under way go on.'}
      </p>
      <ReasonField value={reason} onInput={setReason} required={!resume} />
    </Dialog>
  );
}

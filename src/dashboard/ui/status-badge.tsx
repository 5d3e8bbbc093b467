import type { Status } from '../api/types';
import { STATUS_WORDS } from '../words';
import { Icon, type IconName } from './icon';

/** The sense of something, which decides on its colour. */
export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'quiet';

const STATUS_LOOKS: Readonly<Record<Status, readonly [Tone, IconName]>> = {
  Succeeded: ['good', 'succeeded'],
  Failed: ['bad', 'failed'],
  InProgress: ['busy', 'progress'],
  Queued: ['quiet', 'queued'],
  Cancelled: ['warn', 'cancelled'],
  Skipped: ['quiet', 'skipped'],
};

export function toneOf(status: Status): Tone {
  return STATUS_LOOKS[status][0];
}

/** A word with its tone and a drawing, so that colour is never all there is. */
export function Badge({
  tone,
  icon,
  children,
}: {
  readonly tone: Tone;
  readonly icon?: IconName;
  readonly children: string;
}) {
  return (
    <span class={`badge tone-${tone}`}>
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </span>
  );
}

/** The status of a run, a pipeline or a step. */
export function StatusBadge({ status }: { readonly status: Status }) {
  const [tone, icon] = STATUS_LOOKS[status];
  return (
    <Badge tone={tone} icon={icon}>
      {STATUS_WORDS[status]}
    </Badge>
  );
}

import type { Alert } from '../api/types';
import { Badge, type Tone } from './status-badge';

const SEVERITIES: Readonly<Record<Alert['severity'], Tone>> = {
  critical: 'bad',
  error: 'bad',
  warning: 'warn',
  info: 'busy',
};
const STATES: Readonly<Record<Alert['state'], readonly [string, Tone]>> = {
  open: ['nobody has it', 'bad'],
  acknowledged: ['taken up', 'busy'],
  resolved: ['resolved', 'good'],
};

export function SeverityBadge({ severity }: { readonly severity: Alert['severity'] }) {
  return (
    <Badge tone={SEVERITIES[severity]} icon={severity === 'info' ? 'bell' : 'warning'}>
      {severity}
    </Badge>
  );
}

export function AlertStateBadge({ state }: { readonly state: Alert['state'] }) {
  const [words, tone] = STATES[state];
  return <Badge tone={tone}>{words}</Badge>;
}

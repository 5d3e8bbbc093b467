import type { ComponentChildren } from 'preact';
import { linkTo, type Place } from '../router';
import type { IconName } from '../ui/icon';
import { PageHead } from '../ui/page-head';
import { AlertView } from './alert';
import { AlertsView } from './alerts';
import { BatchView } from './batch';
import { BreakersView } from './breakers';
import { ChangesView } from './changes';
import { CostsView } from './costs';
import { NowView } from './now';
import { PipelineView } from './pipeline';
import { PipelinesView } from './pipelines';
import { QualityView } from './quality';
import { QuarantineView } from './quarantine';
import { RunView } from './run';
import { RunbookView } from './runbook';
import { RunsView } from './runs';
import { SlasView } from './slas';

interface View {
  /** First segment of its address; that of the first view is empty. */
  readonly key: string;
  readonly title: string;
  readonly icon: IconName;
  readonly show: (place: Place) => ComponentChildren;
  /** What a second segment names. */
  readonly showOne?: (name: string, place: Place) => ComponentChildren;
}

/** The views of the navigation, in its order. */
export const VIEWS: readonly View[] = [
  { key: '', title: 'Now', icon: 'home', show: () => <NowView /> },
  {
    key: 'runs',
    title: 'Runs',
    icon: 'runs',
    show: ({ query }) => <RunsView query={query} />,
    showOne: (id) => <RunView id={id} />,
  },
  {
    key: 'pipelines',
    title: 'Pipelines',
    icon: 'graph',
    show: () => <PipelinesView />,
    showOne: (name) => <PipelineView name={name} />,
  },
  { key: 'quality', title: 'Quality', icon: 'quality', show: ({ query }) => <QualityView query={query} /> },
  {
    key: 'quarantine',
    title: 'Quarantine',
    icon: 'quarantine',
    show: ({ query }) => <QuarantineView query={query} />,
    showOne: (batch, { query }) => <BatchView batch={batch} query={query} />,
  },
  {
    key: 'alerts',
    title: 'Alerts',
    icon: 'bell',
    show: ({ query }) => <AlertsView query={query} />,
    showOne: (id) => <AlertView id={id} />,
  },
  { key: 'slas', title: 'Service levels', icon: 'calendar', show: () => <SlasView /> },
  { key: 'changes', title: 'Changes', icon: 'versions', show: () => <ChangesView /> },
  { key: 'costs', title: 'Cost', icon: 'cost', show: ({ query }) => <CostsView query={query} /> },
  { key: 'breakers', title: 'Breakers', icon: 'breaker', show: () => <BreakersView /> },
];

/** What stands at a place. */
export function viewOf(at: Place): ComponentChildren {
  const [key = '', name] = at.path;
  if (key === 'runbooks' && name !== undefined) return <RunbookView code={name} />;
  const view = VIEWS.find((each) => each.key === key);
  if (view === undefined) return <Nothing />;
  return name === undefined ? view.show(at) : (view.showOne?.(name, at) ?? <Nothing />);
}

function Nothing() {
  return (
    <>
      <PageHead title="Nothing stands here" lead="The address names no view of this page." />
      <p>
        <a href={linkTo([])}>What needs attention now</a>
      </p>
    </>
  );
}

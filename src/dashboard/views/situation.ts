import { useCallback } from 'preact/hooks';
import type {
  AlertsPage,
  ApprovalsList,
  Batch,
  BatchesList,
  BreakersList,
  PipelinesList,
  Problem,
  Run,
  RunsPage,
  SlasList,
} from '../api/types';
import { useAnswer } from '../api/use-answer';
import { formatRows } from '../format';
import { linkTo } from '../router';
import type { IconName } from '../ui/icon';
import type { Tone } from '../ui/status-badge';
import { useWaitingRows, type WaitingRows } from './use-waiting-rows';

/** Something that waits for somebody, besides failed runs. */
export interface Notice {
  readonly key: string;
  readonly tone: Tone;
  readonly icon: IconName;
  readonly title: string;
  readonly detail: string;
  readonly link: string;
  readonly action: string;
}

/** How the app stands. */
export interface Situation {
  /** The newest runs; undefined until they have come. */
  readonly runs: readonly Run[] | undefined;
  readonly pipelines: PipelinesList | undefined;
  /** Runs with a pipeline whose last run failed. */
  readonly failed: readonly Run[];
  readonly underWay: readonly Run[];
  readonly notices: readonly Notice[];
  readonly problem: Problem | null;
  readonly reload: () => void;
}

const BUSY_MS = 3000;
const CALM_MS = 15_000;

/** Puts together what needs somebody now. */
export function useSituation(): Situation {
  const runs = useAnswer<RunsPage>('runs?limit=100', (page) =>
    page?.runs.some(isUnderWay) === true ? BUSY_MS : CALM_MS,
  );
  const pipelines = useAnswer<PipelinesList>('pipelines', () => CALM_MS);
  const breakers = useAnswer<BreakersList>('breakers', () => CALM_MS);
  const quarantine = useAnswer<BatchesList>('quarantine?limit=50', () => 60_000);
  const approvals = useAnswer<ApprovalsList>('approvals?state=waiting&limit=20', () => CALM_MS);
  const alerts = useAnswer<AlertsPage>('alerts?state=open&limit=50', () => CALM_MS);
  const slas = useAnswer<SlasList>('slas', () => 60_000);
  const newest = runs.value?.runs;
  const waiting = useWaitingRows(publishedBatches(quarantine.value, newest));
  const reload = useCallback(() => {
    runs.reload();
    pipelines.reload();
    breakers.reload();
  }, [runs.reload, pipelines.reload, breakers.reload]);
  return {
    runs: newest,
    pipelines: pipelines.value,
    failed: stillFailed(newest ?? []),
    underWay: (newest ?? []).filter(isUnderWay),
    notices: [
      ...projectNotices(pipelines.value),
      ...alertNotices(alerts.value),
      ...breakerNotices(breakers.value),
      ...slaNotices(slas.value),
      ...approvalNotices(approvals.value),
      ...pauseNotices(pipelines.value),
      ...quarantineNotices(waiting),
    ],
    problem: runs.problem ?? pipelines.problem ?? breakers.problem ?? quarantine.problem,
    reload,
  };
}

/** Of a run, or of a pipeline in it. */
export function isUnderWay({ status }: Pick<Run, 'status'>): boolean {
  return status === 'Queued' || status === 'InProgress';
}

/** Runs in which a pipeline failed that has had no better end since; newest first. */
function stillFailed(runs: readonly Run[]): readonly Run[] {
  const settled = new Set<string>();
  const failed: Run[] = [];
  for (const run of runs) {
    const broken = run.pipelines.filter(({ pipeline, status }) => status === 'Failed' && !settled.has(pipeline));
    if (broken.length > 0) failed.push(run);
    for (const { pipeline, status } of run.pipelines) {
      if (status === 'Succeeded' || status === 'Failed') settled.add(pipeline);
    }
  }
  return failed;
}

function projectNotices(list: PipelinesList | undefined): Notice[] {
  const errors = (list?.problems ?? []).filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return [];
  return [
    {
      key: 'project',
      tone: 'bad',
      icon: 'warning',
      title: `The pipelines folder has ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}: nothing new starts`,
      detail: `${first.file}:${first.line} ${first.message}`,
      link: linkTo(['pipelines']),
      action: 'See them',
    },
  ];
}

function breakerNotices(list: BreakersList | undefined): Notice[] {
  return (list?.breakers ?? []).flatMap((breaker): Notice[] => {
    if (breaker.state === 'closed') return [];
    return [
      {
        key: `breaker ${breaker.connection}`,
        tone: breaker.state === 'open' ? 'bad' : 'warn',
        icon: 'breaker',
        title: `The breaker of ${breaker.connection} is ${breaker.state === 'open' ? 'open' : 'half open'}`,
        detail:
          breaker.state === 'open'
            ? `${breaker.reason}. Nobody calls it for a while.`
            : 'One call is trying whether it works again.',
        link: linkTo(['breakers']),
        action: 'Look at it',
      },
    ];
  });
}

function alertNotices(page: AlertsPage | undefined): Notice[] {
  const alerts = page?.alerts ?? [];
  const [first] = alerts;
  if (first === undefined) return [];
  const more = alerts.length > 1 ? `, and ${alerts.length - 1} more` : '';
  return [
    {
      key: 'alerts',
      tone: alerts.some(({ severity }) => severity === 'error' || severity === 'critical') ? 'bad' : 'warn',
      icon: 'bell',
      title: `${alerts.length} ${alerts.length === 1 ? 'alert' : 'alerts'} that nobody has taken up`,
      detail: `${first.title}${more}`,
      link: alerts.length === 1 ? linkTo(['alerts', first.id]) : linkTo(['alerts'], { state: 'open' }),
      action: 'Take up',
    },
  ];
}

function slaNotices(list: SlasList | undefined): Notice[] {
  return (list?.slas ?? []).flatMap(({ pipeline, objectives }) =>
    objectives.flatMap(({ objective, state, message }): Notice[] => {
      if (state !== 'missed' && state !== 'atRisk') return [];
      return [
        {
          key: `sla ${pipeline} ${objective}`,
          tone: state === 'missed' ? 'bad' : 'warn',
          icon: 'calendar',
          title: `${pipeline} ${state === 'missed' ? 'missed' : 'may miss'} its service level`,
          detail: message,
          link: linkTo(['slas']),
          action: 'Look at it',
        },
      ];
    }),
  );
}

function approvalNotices(list: ApprovalsList | undefined): Notice[] {
  return (list?.approvals ?? []).map(({ approval, summary, requester }) => ({
    key: `approval ${approval}`,
    tone: 'warn',
    icon: 'versions',
    title: `Waits for an approval: ${summary}`,
    detail: `Asked for by ${requester}.`,
    link: linkTo(['changes']),
    action: 'Decide',
  }));
}

function pauseNotices(list: PipelinesList | undefined): Notice[] {
  if (list === undefined) return [];
  const { paused: all } = list;
  const words = ({ by, reason }: { by: string; reason: string }): string => `${reason} (${by})`;
  const link = linkTo(['pipelines']);
  if (all !== null) {
    return [
      {
        key: 'paused',
        tone: 'warn',
        icon: 'paused',
        title: 'All pipelines are paused',
        detail: words(all),
        link,
        action: 'Resume',
      },
    ];
  }
  return list.pipelines.flatMap(({ pipeline, paused }): Notice[] =>
    paused === null
      ? []
      : [
          {
            key: `paused ${pipeline}`,
            tone: 'warn',
            icon: 'paused',
            title: `${pipeline} is paused`,
            detail: words(paused),
            link: linkTo(['pipelines', pipeline]),
            action: 'Look at it',
          },
        ],
  );
}

/** Rows of a run that published nothing come again with the next one: nobody has to decide about them. */
function publishedBatches(
  list: BatchesList | undefined,
  runs: readonly Run[] | undefined,
): readonly Batch[] | undefined {
  if (list === undefined || runs === undefined) return undefined;
  const unpublished = new Set(
    runs.flatMap(({ runId, pipelines }) =>
      pipelines.flatMap(({ pipeline, load }) => (load === null ? [`${runId} ${pipeline}`] : [])),
    ),
  );
  return list.batches.filter(({ runId, pipeline }) => !unpublished.has(`${runId} ${pipeline}`));
}

function quarantineNotices(waiting: readonly WaitingRows[] | undefined): Notice[] {
  const open = (waiting ?? []).reduce((sum, rows) => sum + rows.open, 0);
  const decided = (waiting ?? []).reduce((sum, rows) => sum + rows.decided, 0);
  if (open + decided === 0) return [];
  const names = new Set((waiting ?? []).filter((rows) => rows.open + rows.decided > 0).map(({ pipeline }) => pipeline));
  const release = decided === 0 ? '' : ` ${formatRows(decided)} decided, not released.`;
  return [
    {
      key: 'quarantine',
      tone: 'warn',
      icon: 'quarantine',
      title:
        open === 0 ? `${formatRows(decided)} to be released` : `${formatRows(open)} in quarantine without a decision`,
      detail: `Of ${[...names].join(', ')}.${open === 0 ? '' : release}`,
      link: linkTo(['quarantine']),
      action: 'Review them',
    },
  ];
}

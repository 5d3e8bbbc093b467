import type { AlertEvent } from '../model/alert';
import type { SlaObjective, SlaReport, SlaStanding, SlaVerdict } from '../model/service-level';
import { ownedBy, type Owners } from './alerts-of-run';

const PROMISES: Readonly<Record<SlaObjective, string>> = {
  freshness: 'the data is fresh enough',
  maxDuration: 'a run is short enough',
  doneBy: 'it is done by its time',
};

/** What a service level is to be told of: due times that were missed, and those that will be. */
export function alertsOfSla(report: SlaReport, verdicts: readonly SlaVerdict[], owners: Owners): AlertEvent[] {
  const { pipeline, at } = report;
  const missed = verdicts.filter(({ status }) => status === 'missed');
  const standing = (objective: SlaObjective): SlaStanding | undefined =>
    report.objectives.find((one) => one.objective === objective);
  const ofMisses = missed.map((verdict): AlertEvent => {
    const { objective, dueAt, doneAt, runId } = verdict;
    const now = standing(objective);
    const late =
      doneAt === null ? (now?.state === 'missed' ? now.message : 'It is not done.') : `It was done at ${doneAt}.`;
    return {
      ...common(report, objective, runId, owners),
      key: keyOfSla('sla-missed', pipeline, objective),
      event: `${objective}:${dueAt}${objective === 'maxDuration' ? `:${runId ?? ''}` : ''}`,
      at,
      kind: 'sla-missed',
      severity: 'error',
      title: `${pipeline} missed its service level: ${objective}`,
      what: `It is promised that ${PROMISES[objective]}; it was due at ${dueAt}. ${sentence(late)}`,
    };
  });
  const ofRisks = report.objectives
    .filter(({ state }) => state === 'atRisk')
    .map(({ objective, dueAt, runId, message }): AlertEvent => ({
      ...common(report, objective, runId, owners),
      key: keyOfSla('sla-at-risk', pipeline, objective),
      event: `${objective}:${dueAt ?? ''}`,
      at,
      kind: 'sla-at-risk',
      severity: 'warning',
      title: `${pipeline} will miss its service level: ${objective}`,
      what: `It is promised that ${PROMISES[objective]}. ${sentence(message)}`,
    }));
  return [...ofMisses, ...ofRisks];
}

/** The alert of a promise. */
export function keyOfSla(kind: 'sla-missed' | 'sla-at-risk', pipeline: string, objective: SlaObjective): string {
  return `${kind}:${pipeline}:${objective}`;
}

function common({ pipeline }: SlaReport, objective: SlaObjective, runId: string | null, owners: Owners) {
  return {
    ...ownedBy(owners, pipeline),
    runId,
    connection: null,
    failureClass: null,
    code: objective,
    data: 'The target holds what the last run published.',
    todo: 'Look at the run that is under way, or start one; sluice sla shows the figures.',
    runbook: 'docs/runbooks/alerts.md',
  };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

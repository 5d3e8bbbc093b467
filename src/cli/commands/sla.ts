import type { SlaConfig } from '../../config/schema/sla';
import type { SlaStanding, SlaVerdict } from '../../model/service-level';
import { renderTable } from '../../report/render-table';
import { API_FLAGS, API_FLAGS_HELP, apiClient } from '../api-client';
import type { Command } from '../cli-context';
import { parseFlags } from '../parse-flags';
import { UsageError } from '../usage-error';

interface Promised {
  readonly pipeline: string;
  readonly sla: SlaConfig | null;
  readonly objectives: readonly SlaStanding[];
}
interface Listed extends Promised {
  readonly recent: { readonly met: number; readonly missed: number };
}
interface Shown extends Promised {
  readonly history: readonly SlaVerdict[];
}

/** `sluice sla [pipeline]`: how pipelines stand with what they promise, or the due times of one. */
export const sla: Command = {
  name: 'sla',
  summary: 'show service levels of a running app: what is promised, met, missed and at risk',
  help: `sluice sla [<pipeline>] [flags]

Without a pipeline: a line for each objective that a pipeline promises, with what is due and what earlier runs let expect. With one: also its
due times, the newest first. Times are UTC. Ends with 1 where something is missed or at risk.

      --limit <n>            due times to show, 1 to 1000; 30 unless given
${API_FLAGS_HELP}
`,
  async run(context) {
    const { values, positionals } = parseFlags(context.args, { ...API_FLAGS, limit: { type: 'string' } } as const);
    const [pipeline, tooMany] = positionals;
    if (tooMany !== undefined) throw new UsageError(`'${tooMany}' is one name too many`);
    const api = apiClient(context, values.url);
    if (pipeline === undefined) {
      const answer = await api.request<{ slas: readonly Listed[] }>('GET', '/slas');
      context.out(values.json ? `${JSON.stringify(answer, null, 2)}\n` : renderAll(answer.slas));
      return answer.slas.some(isTroubled) ? 1 : 0;
    }
    const address = `/pipelines/${encodeURIComponent(pipeline)}/sla?limit=${encodeURIComponent(values.limit ?? '30')}`;
    const answer = await api.request<Shown>('GET', address);
    context.out(values.json ? `${JSON.stringify(answer, null, 2)}\n` : renderOne(answer));
    return isTroubled(answer) ? 1 : 0;
  },
};

const STATES = { met: 'met', atRisk: 'at risk', missed: 'missed', pending: 'pending' } as const;

function isTroubled({ objectives }: Promised): boolean {
  return objectives.some(({ state }) => state === 'missed' || state === 'atRisk');
}

function renderAll(slas: readonly Listed[]): string {
  if (slas.length === 0) return 'No pipeline promises anything: add sla to one.\n';
  const headings = ['Pipeline', 'Objective', 'State', 'Due', 'Last 30'].map((heading) => ({ heading }));
  const rows = slas.flatMap(({ pipeline, objectives, recent }) => {
    const share = recent.met + recent.missed === 0 ? '' : `${recent.met} of ${recent.met + recent.missed} met`;
    if (objectives.length === 0) return [[pipeline, '', 'not evaluated yet', '', '']];
    return objectives.map(({ objective, state, dueAt }) => [pipeline, objective, STATES[state], minute(dueAt), share]);
  });
  const notes = slas.flatMap(({ pipeline, objectives }) =>
    objectives
      .filter(({ state }) => state === 'missed' || state === 'atRisk')
      .map(({ objective, message }) => `${pipeline}, ${objective}: ${message}.`),
  );
  return [...renderTable(headings, rows), ...(notes.length > 0 ? ['', ...notes] : []), ''].join('\n');
}

function renderOne({ pipeline, objectives, history }: Shown): string {
  const standing = objectives.map(({ objective, state, message }) => `${objective}: ${STATES[state]}; ${message}.`);
  const headings = ['Due', 'Objective', 'Verdict', 'Done', 'Run'].map((heading) => ({ heading }));
  const rows = history.map(({ dueAt, objective, status, doneAt, runId }) => [
    minute(dueAt),
    objective,
    status,
    minute(doneAt),
    runId ?? '',
  ]);
  const table = rows.length === 0 ? ['Nothing was due yet.'] : renderTable(headings, rows);
  return [`${pipeline}`, ...standing, '', ...table, ''].join('\n');
}

function minute(at: string | null): string {
  return at === null ? '' : `${at.slice(0, 16)}Z`;
}

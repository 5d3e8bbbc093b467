import type { Diagnosis, Examination } from '../../model/diagnosis';
import { renderTable } from '../../report/render-table';

const SIGNS: Readonly<Record<Diagnosis['status'], string>> = {
  ok: 'ok',
  warning: 'warning',
  failed: 'FAILED',
  skipped: 'skipped',
};

/** A table of what was found, each with its fix; `all` shows what works too. */
export function renderExamination({ healthy, findings }: Examination, all: boolean): string {
  const shown = findings.filter(({ status }) => all || status === 'failed' || status === 'warning');
  const columns = [{ heading: 'Area' }, { heading: '' }, { heading: 'What' }, { heading: 'Found' }];
  const lines =
    shown.length === 0
      ? []
      : renderTable(
          columns,
          shown.map(({ area, status, what, message }) => [area, SIGNS[status], what, message]),
        );
  // The fix stands below its row: beside it no terminal would be wide enough.
  const [heading, ...rows] = lines;
  const body = rows.flatMap((row, index) => {
    const fix = shown[index]?.fix ?? null;
    return fix === null ? [row] : [row, `    -> ${fix}`];
  });
  const count = (status: Diagnosis['status']): number => findings.filter((each) => each.status === status).length;
  const summary = `${count('ok')} work, ${count('failed')} failed, ${count('warning')} warnings, ${count('skipped')} skipped.`;
  return [
    ...(heading === undefined ? [] : [heading, ...body, '']),
    healthy ? `Healthy: ${summary}` : `Not healthy: ${summary}`,
    '',
  ].join('\n');
}

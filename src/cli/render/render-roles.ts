import type { Need } from '../../project/roles/need';
import { renderTable } from '../../report/render-table';

const KINDS: Readonly<Record<Need['kind'], string>> = {
  storage: 'storage account',
  vault: 'key vault',
  communication: 'Communication Services',
  insights: 'Application Insights',
  database: 'database',
  api: 'web API',
};

/** A table of needs; a reason stands on a line of its own where there are several. */
export function renderRoles(needs: readonly Need[]): string {
  const headings = ['RESOURCE', 'NAMED BY', 'SCOPE', 'ROLE', 'WHY'].map((heading) => ({ heading }));
  const rows = needs.flatMap(({ kind, resource, scope, role, reasons }) =>
    reasons.map((reason, index) =>
      index === 0 ? [KINDS[kind], resource, scope, role, reason] : ['', '', '', '', reason],
    ),
  );
  return `${renderTable(headings, rows).join('\n')}\n`;
}

import { renderTable } from '../../../report/render-table';
import { API_FLAGS, apiClient } from '../../api-client';
import type { CliContext, ExitCode } from '../../cli-context';
import { parseFlags } from '../../parse-flags';
import type { AuditPage } from './audit-days';

/** `sluice audit list`: entries of a day. */
export async function listAudit(context: CliContext): Promise<ExitCode> {
  const text = { type: 'string' } as const;
  const own = { day: text, action: text, by: text, subject: text, limit: text } as const;
  const { values } = parseFlags(context.args, { ...API_FLAGS, ...own });
  const { day, action, by, subject, limit } = values;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ day, action, by, subject, limit })) {
    if (value !== undefined) query.set(name, value);
  }
  const page = await apiClient(context, values.url).request<AuditPage>('GET', `/audit?${query.toString()}`);
  context.out(values.json ? `${JSON.stringify(page, null, 2)}\n` : render(page));
  return 0;
}

function render({ day, entries }: AuditPage): string {
  if (entries.length === 0) return `Nothing of that stands in the audit trail of ${day}.\n`;
  const columns = [
    { heading: '#', figures: true },
    { heading: 'At' },
    { heading: 'What' },
    { heading: 'Who' },
    { heading: 'To what' },
    { heading: 'Details' },
  ];
  const rows = entries.map(({ sequence, entry: { at, action, by, subject, detail } }) => {
    const details = Object.entries(detail).filter(([, value]) => value !== null && value !== '');
    return [
      String(sequence),
      at.slice(0, 19),
      action,
      by,
      subject,
      details.map(([name, value]) => `${name}=${value}`).join(' '),
    ];
  });
  return `${renderTable(columns, rows).join('\n')}\n`;
}

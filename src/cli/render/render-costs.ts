import type { CostGroup } from '../../project/cost/cost-report';
import { groupDigits, renderTable } from '../../report/render-table';

/** What the API says of prices. */
export interface ShownPrices {
  readonly date: string;
  readonly currency: string;
  readonly region: string;
  readonly source: string;
  readonly warning: string | null;
}

/** Costs as a table, the dearest first, with their sum. */
export function renderCosts(heading: string, groups: readonly CostGroup[], total: CostGroup): string {
  const columns = [
    { heading },
    ...['Runs', 'Rows', 'GB', 'Compute', 'Storage', 'Database', 'Egress', 'Total', 'a run', '1M rows', 'a GB'].map(
      (name) => ({ heading: name, figures: true }),
    ),
  ];
  const row = ({ key, runs, rows, bytes, cost, per }: CostGroup, name = key ?? '(none)'): string[] => [
    name,
    groupDigits(runs),
    groupDigits(rows),
    (bytes / 1024 ** 3).toFixed(3),
    money(cost.compute + cost.executions),
    money(cost.blobOperations + cost.tableOperations),
    money(cost.database),
    money(cost.egress),
    money(cost.total),
    ...[per.run, per.millionRows, per.gigabyte].map((value) => (value === null ? '' : money(value))),
  ];
  return `${renderTable(columns, [...groups.map((group) => row(group)), row(total, 'all')]).join('\n')}\n`;
}

/** One line on which prices these are, and one more where they are old. */
export function renderPrices({ currency, date, region, source, warning }: ShownPrices): string {
  const first = `${currency}, prices of ${date} for ${region} (${source})\n`;
  return warning === null ? first : `${first}${warning}\n`;
}

/** Enough digits for what is small. */
export function money(value: number): string {
  if (value === 0) return '0';
  return value >= 1 ? value.toFixed(2) : value >= 0.001 ? value.toFixed(4) : value.toExponential(1);
}

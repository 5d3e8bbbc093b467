import type { CostGroup, Costs, PipelinesList } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { formatBytes, formatCount, formatMoney, formatShare } from '../format';
import { go, linkTo } from '../router';
import { Choice } from '../ui/field';
import { Loaded } from '../ui/loaded';
import { PageHead } from '../ui/page-head';
import { Facts, Section } from '../ui/section';
import { Table } from '../ui/table';
import { CostFindings } from './cost-findings';

const BY: readonly (readonly [string, string])[] = [
  ['pipeline', 'pipeline'],
  ['owner', 'owner'],
  ['day', 'day'],
  ['activity', 'activity'],
  ['run', 'run'],
];
const SPANS: readonly (readonly [string, string])[] = [
  ['7', '7 days'],
  ['30', '30 days'],
  ['90', '90 days'],
];
const DAY_MS = 86_400_000;

/** What runs cost, by pipeline, owner, tag, day or run. */
export function CostsView({ query }: { readonly query: URLSearchParams }) {
  const by = query.get('by') ?? 'pipeline';
  const days = query.get('days') ?? '30';
  const from = new Date(Date.now() - (Number(days) - 1) * DAY_MS).toISOString().slice(0, 10);
  const costs = useAnswer<Costs>(`costs?groupBy=${encodeURIComponent(by)}&from=${from}`, () => 60_000);
  const pipelines = useAnswer<PipelinesList>('pipelines');
  const tags = [...new Set((pipelines.value?.pipelines ?? []).flatMap(({ tags: its }) => Object.keys(its)))].toSorted();
  return (
    <>
      <PageHead
        title="Cost"
        lead="What the work of runs cost, metered activity by activity, at the prices of the table."
      />
      <div class="filters" role="search" aria-label="Choose what costs are told by">
        <Choice
          label="By"
          value={by}
          options={[...BY, ...tags.map((tag): [string, string] => [`tag:${tag}`, `tag ${tag}`])]}
          onChange={(value) => go(linkTo(['costs'], { by: value, days }))}
        />
        <Choice
          label="Over"
          value={days}
          options={SPANS}
          onChange={(value) => go(linkTo(['costs'], { by, days: value }))}
        />
      </div>
      <Loaded answer={costs}>{(found) => <CostsBody costs={found} />}</Loaded>
      <CostFindings />
    </>
  );
}

function CostsBody({ costs }: { readonly costs: Costs }) {
  const { prices, total, groups, groupBy } = costs;
  const { currency } = prices;
  const dearest = Math.max(0, ...groups.map(({ cost }) => cost.total));
  return (
    <>
      {prices.warning !== null && <p class="note tone-warn">{prices.warning}</p>}
      <Section title={`${formatMoney(total.cost.total, currency)} from ${costs.from} to ${costs.to} (UTC)`}>
        <Facts
          facts={[
            ['Runs', formatCount(total.runs)],
            ['Rows loaded', formatCount(total.rows)],
            ['A run', perText(total.per.run, currency)],
            ['A million rows', perText(total.per.millionRows, currency)],
            ['A gigabyte', perText(total.per.gigabyte, currency)],
            ['Prices', `${prices.source}, ${prices.region}, of ${prices.date}`],
          ]}
        />
      </Section>
      <Section title="What it went into">
        <Shares parts={partsOf(total)} whole={total.cost.total} currency={currency} />
      </Section>
      {groups.length === 0 ? (
        <p class="empty">Nothing was metered in these days.</p>
      ) : (
        <Section title={`By ${groupBy.replace(':', ' ')}`}>
          <Table
            caption={`Costs by ${groupBy}`}
            rows={groups}
            keyOf={({ key }) => key ?? ''}
            columns={[
              { heading: 'What', cell: ({ key }) => <Key groupBy={groupBy} name={key} /> },
              {
                heading: 'Share',
                cell: ({ cost }) => (
                  <span class="share" aria-hidden="true">
                    <span style={{ width: `${dearest === 0 ? 0 : (cost.total / dearest) * 100}%` }} />
                  </span>
                ),
              },
              { heading: 'Cost', figures: true, cell: ({ cost }) => formatMoney(cost.total, currency) },
              { heading: 'Runs', figures: true, cell: ({ runs }) => formatCount(runs) },
              { heading: 'Rows', figures: true, cell: ({ rows }) => formatCount(rows) },
              { heading: 'Bytes', figures: true, cell: ({ bytes }) => formatBytes(bytes) },
              { heading: 'A million rows', figures: true, cell: ({ per }) => perText(per.millionRows, currency) },
            ]}
          />
        </Section>
      )}
    </>
  );
}

function Key({ groupBy, name }: { readonly groupBy: string; readonly name: string | null }) {
  if (name === null) return <span class="soft">{groupBy === 'pipeline' ? 'runs as a whole' : 'none'}</span>;
  if (groupBy === 'pipeline') return <a href={linkTo(['pipelines', name])}>{name}</a>;
  if (groupBy === 'run') return <a href={linkTo(['runs', name])}>{name}</a>;
  return <>{name}</>;
}

function perText(amount: number | null, currency: string): string {
  return amount === null ? 'nothing to compare with' : formatMoney(amount, currency);
}

/** The parts of a cost, the largest first. */
export function partsOf({ cost }: Pick<CostGroup, 'cost'>): readonly (readonly [string, number])[] {
  const parts: readonly (readonly [string, number])[] = [
    ['Compute', cost.compute],
    ['Executions', cost.executions],
    ['Blob operations', cost.blobOperations],
    ['Table operations', cost.tableOperations],
    ['Database', cost.database],
    ['Egress', cost.egress],
  ];
  return parts.filter(([, amount]) => amount > 0).toSorted(([, one], [, other]) => other - one);
}

/** Amounts with bars beside them. */
export function Shares({
  parts,
  whole,
  currency,
}: {
  readonly parts: readonly (readonly [string, number])[];
  readonly whole: number;
  readonly currency: string;
}) {
  if (parts.length === 0) return <p class="soft">Nothing that has a price.</p>;
  return (
    <dl class="shares">
      {parts.map(([name, amount]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <span class="share" aria-hidden="true">
              <span style={{ width: `${whole === 0 ? 0 : (amount / whole) * 100}%` }} />
            </span>
            {formatMoney(amount, currency)} <span class="soft">{formatShare(amount, whole)}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

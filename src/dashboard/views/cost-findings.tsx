import type { CostFindings as Findings } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { formatMoney } from '../format';
import { linkTo } from '../router';
import { Loaded } from '../ui/loaded';
import { Section } from '../ui/section';
import { Table } from '../ui/table';

/** What could cost less, with an estimate of what that saves. */
export function CostFindings() {
  const findings = useAnswer<Findings>('costs/findings');
  return (
    <Section title="What could cost less">
      <Loaded answer={findings}>
        {({ findings: found, prices, days }) =>
          found.length === 0 ? (
            <p class="soft">Nothing was found in the last {days} days.</p>
          ) : (
            <Table
              caption="What could cost less"
              rows={found}
              keyOf={({ kind, pipeline }) => `${kind} ${pipeline ?? ''}`}
              columns={[
                {
                  heading: 'Saves in 30 days',
                  figures: true,
                  cell: ({ monthlySaving }) =>
                    monthlySaving === null ? 'cannot be told' : formatMoney(monthlySaving, prices.currency),
                },
                {
                  heading: 'Pipeline',
                  cell: ({ pipeline }) =>
                    pipeline === null ? '' : <a href={linkTo(['pipelines', pipeline])}>{pipeline}</a>,
                },
                { heading: 'What', cell: ({ message }) => message },
                { heading: 'What to do', cell: ({ fix }) => fix },
              ]}
            />
          )
        }
      </Loaded>
    </Section>
  );
}

import type { RunCost } from '../api/types';
import { useAnswer } from '../api/use-answer';
import { formatMoney } from '../format';
import { linkTo } from '../router';
import { Loaded } from '../ui/loaded';
import { Section } from '../ui/section';
import { partsOf, Shares } from './costs';

/** What a run has cost so far. */
export function CostOfRun({ runId }: { readonly runId: string }) {
  const cost = useAnswer<RunCost>(`runs/${encodeURIComponent(runId)}/cost`);
  return (
    <Section title="What it cost" aside={<a href={linkTo(['costs'])}>All costs</a>}>
      <Loaded answer={cost}>
        {({ total, prices }) => (
          <>
            <p>
              <strong>{formatMoney(total.cost.total, prices.currency)}</strong>{' '}
              <span class="soft">at the prices of {prices.date}</span>
            </p>
            <Shares parts={partsOf(total)} whole={total.cost.total} currency={prices.currency} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

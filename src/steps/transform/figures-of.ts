import type { LookupCounts, RuleFigures } from '../../model/step-figures';
import type { ChainLink } from './chain-link';
import type { StageCounts } from './count-stage';
import type { Reason } from './reason-registry';

/** What the lookups and rules of some links found, from the bits that were counted in the rows that went through them. */
export function figuresOf(
  links: readonly ChainLink[],
  perReason: StageCounts['perReason'],
): { readonly lookups: LookupCounts[]; readonly rules: RuleFigures[] } {
  const counted = new Map(perReason.map(({ reason, rows }) => [reason, rows]));
  const rowsOf = (reason: Reason): number => counted.get(reason) ?? 0;
  const lookups: LookupCounts[] = [];
  const rules: RuleFigures[] = [];
  for (const { step, figures } of links) {
    for (const figure of figures) {
      if (figure.kind === 'rule') {
        rules.push({ step, name: figure.name, reason: figure.reason, rows: rowsOf(figure.applied) });
      } else {
        const { name, from } = figure;
        const [matched, missing] = [rowsOf(figure.matched), rowsOf(figure.missing)];
        lookups.push({ step, name, from, rows: matched + missing, matched, missing });
      }
    }
  }
  return { lookups, rules };
}

import type { BoundChecks } from './checks/bind-checks';
import type { BoundDeduplicate } from './steps/bind-deduplicate';

/** One link of the chain: reads the relation of the link before it. */
export interface ChainLink {
  readonly sql: string;
  /** Where it comes from: `transform[2]: cast`. */
  readonly label: string;
  /** Set for a deduplicate step: the chain is cut here, because it looks at many rows. */
  readonly deduplicate: BoundDeduplicate | null;
}

/** The name of the relation before link `index`. */
export function chainName(index: number): string {
  return `step_${index}`;
}

/** The SQL under headings that say which relation it makes and why. */
export function forPeople(links: readonly ChainLink[], checks: BoundChecks): string[] {
  const steps = links.map(({ label, sql, deduplicate }, index) => {
    const note = deduplicate ? '\n-- Of rows with equal keys the best by order stays, over all partitions.' : '';
    return `-- ${chainName(index + 1)} is ${label}${note}\n${sql}`;
  });
  return checks.rowChecks.length > 0 && checks.sql !== null
    ? [...steps, `-- checks: one bit for each that a row fails\n${checks.sql}`]
    : steps;
}

import type { Column } from '../../model/column';
import type { BoundChecks } from './checks/bind-checks';
import type { ReshapeKind, StepFigure } from './step-scope';
import type { BoundDeduplicate } from './steps/bind-deduplicate';

/** One link of the chain: reads the relation of the link before it. */
export interface ChainLink {
  readonly sql: string;
  /** Where it comes from: `transform[2]: cast`. */
  readonly label: string;
  /** Index of its step in `transform`; -1 for the casts that the source's columns ask for. */
  readonly step: number;
  /** User columns of the relation that it makes. */
  readonly columns: readonly Column[];
  /** Set for a deduplicate step: the chain is cut here, because it looks at many rows. */
  readonly deduplicate: BoundDeduplicate | null;
  /** Set for a link that makes rows anew: it reads the rows that still take part, and gives every row its new place. */
  readonly reshape: ReshapeKind | null;
  /** What its step counts. */
  readonly figures: readonly StepFigure[];
}

/** The name of the relation before link `index`. */
export function chainName(index: number): string {
  return `step_${index}`;
}

/** The SQL under headings that say which relation it makes and why. */
export function forPeople(links: readonly ChainLink[], checks: BoundChecks): string[] {
  const steps = links.map((link, index) => `-- ${chainName(index + 1)} is ${link.label}${noteOf(link)}\n${link.sql}`);
  return checks.rowChecks.length > 0 && checks.sql !== null
    ? [...steps, `-- checks: one bit for each that a row fails\n${checks.sql}`]
    : steps;
}

function noteOf({ deduplicate, reshape }: ChainLink): string {
  if (deduplicate) return '\n-- Of rows with equal keys the best by order stays, over all partitions.';
  return reshape === null ? '' : '\n-- It reads the rows that still take part; those that left are set aside before.';
}

import type { TransformStep } from '../../../config/schema/transform';
import { replacing, type ColumnEffect, type StepEffect } from './step-effect';

type AnyRules = Extract<TransformStep, { rule: unknown } | { rules: unknown }>;

interface Branch {
  /** Null for what holds otherwise. */
  readonly when: string | null;
  readonly set: Readonly<Record<string, string>>;
}

/** What a rule, or a decision table, does: values come from its expressions, the conditions are only read. */
export async function rulesEffect(
  step: AnyRules,
  names: readonly string[],
  reads: (text: string) => Promise<readonly string[]>,
): Promise<StepEffect> {
  const branches = branchesOf(step);
  const conditions = new Set<string>();
  for (const { when } of branches) for (const name of when === null ? [] : await reads(when)) conditions.add(name);
  const effects = new Map<string, ColumnEffect>();
  for (const { when, set } of branches) {
    for (const [name, expression] of Object.entries(set)) {
      const key = name.toLowerCase();
      const known = effects.get(key);
      // Where no branch sets it the column stays as it was.
      const own = known?.from ?? names.filter((other) => other.toLowerCase() === key);
      const from = [...new Set([...own, ...(await reads(expression))])];
      const said = when === null ? `else ${expression}` : `${expression} when ${when}`;
      const did = {
        expression: known?.did?.expression ? `${known.did.expression}; ${said}` : said,
        reads: [...new Set([...from, ...conditions])],
      };
      effects.set(key, { name: known?.name ?? name, from, did });
    }
  }
  const reason = 'rules' in step ? step.rules.reasonColumn : undefined;
  if (reason !== undefined) {
    const did = { expression: 'the reason of the rules that applied', reads: [...conditions] };
    effects.set(reason.toLowerCase(), { name: reason, from: [], did });
  }
  return { columns: replacing(names, [...effects.values()]), rows: [] };
}

function branchesOf(step: AnyRules): Branch[] {
  const { list, other } =
    'rule' in step
      ? { list: [{ when: step.rule.when, set: step.rule.set }], other: step.rule.else }
      : { list: step.rules.list, other: step.rules.else };
  return [...list, ...(other === undefined ? [] : [{ when: null, set: other }])];
}

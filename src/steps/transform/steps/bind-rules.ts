import type { RulesStep } from '../../../config/schema/transform';
import { duckdbType } from '../../../engine/duckdb-type';
import { quoteIdentifier } from '../../../engine/quote-identifier';
import { quoteLiteral } from '../../../engine/quote-literal';
import { checkStepExpressions, RUN_STARTED_AT } from '../check-step-expressions';
import { findColumn } from '../find-column';
import { setReasons } from '../reason-registry';
import { selectWith, whileIn, type Assignment } from '../select-sql';
import { unbound, type BoundStep, type StepFigure, type StepProblem, type StepScope } from '../step-scope';
import { assignedTypes } from './assigned-types';

type Rule = RulesStep['rules']['list'][number];
/** A rule with its place in the list, and the condition that it applies to a row, over the marks. */
interface PlacedRule {
  readonly rule: Rule;
  readonly index: number;
  readonly applies: string;
}

/** The hidden columns that say which rules apply; they leave the row at the end of the step. */
const MARK = '_sluice_rule';

/**
 * `rules: { match, list, else }`: a decision table. Every condition is looked at once for a row, into marks; what columns become depends on
 * the marks. All expressions see the columns before the step.
 */
export async function bindRules(step: RulesStep, scope: StepScope): Promise<BoundStep> {
  const { match, list, else: otherwise = {}, reasonColumn } = step.rules;
  const conditions = await checkStepExpressions(
    scope,
    list.map(({ when }, index) => ({ path: `rules.list[${index}].when`, text: when, expects: 'boolean' as const })),
  );
  const values = [
    ...list.flatMap(({ set }, index) =>
      Object.entries(set).map(([name, text]) => ({ name, path: `rules.list[${index}].set.${name}`, text })),
    ),
    ...Object.entries(otherwise).map(([name, text]) => ({ name, path: `rules.else.${name}`, text })),
  ];
  const checked = await checkStepExpressions(scope, values);
  const problems = [
    ...conditions.problems,
    ...checked.problems,
    ...sameNames(list),
    ...(reasonColumn === undefined ? [] : reasonColumnProblems(scope, reasonColumn, values)),
  ];
  if (problems.length > 0 || scope.columns === null) return unbound(problems);
  const names = distinctNames(values);
  const same = values.map((value) => ({ ...value, name: distinct(names, value.name) }));
  const types = await assignedTypes(scope, names, same);
  if (types.problems.length > 0) return unbound(types.problems);

  const rules = placed(match, list);
  const none = match === 'first' ? `${MARK} IS NULL` : `NOT (${rules.map(({ applies }) => applies).join(' OR ')})`;
  const assignments: Assignment[] = names.map((name) => {
    const branches = rules.flatMap(({ rule, applies }) => {
      const text = textFor(rule.set, name);
      return text === undefined ? [] : [`WHEN ${applies} THEN (${text})`];
    });
    const elseText = textFor(otherwise, name);
    if (elseText !== undefined) branches.push(`WHEN ${none} THEN (${elseText})`);
    const present = findColumn(scope.columns ?? [], name);
    const kept = present ? quoteIdentifier(present.name) : 'NULL';
    const sql = whileIn(`CASE ${branches.join(' ')} ELSE ${kept} END`);
    return { name, sql: `CAST(${sql} AS ${duckdbType(types.of.get(name) ?? 'string')})` };
  });
  if (reasonColumn !== undefined) assignments.push({ name: reasonColumn, sql: whileIn(reasonsOf(match, rules)) });

  const counted = list.map((rule, index) => ({ rule, index, bit: scope.reasons.note(`rule(${rule.name})`) }));
  const hidden = setReasons(counted.map(({ bit, index }) => ({ reason: bit, when: appliesOf(match, index) })));
  const marks = match === 'first' ? [MARK] : list.map((_, index) => `${MARK}_${index}`);
  const readsRunStart = conditions.readsRunStart || checked.readsRunStart;
  const left = [...marks, ...(readsRunStart ? [RUN_STARTED_AT.name] : [])];
  const from = `(${marksSql(match, rules, list, readsRunStart ? `${scope.input} CROSS JOIN sluice_given` : scope.input)})`;
  return {
    problems: [],
    sql: selectWith(from, `* EXCLUDE (${left.join(', ')})`, scope.columns, assignments, hidden),
    figures: counted.map(({ rule, bit }): StepFigure => ({
      kind: 'rule',
      name: rule.name,
      reason: rule.reason ?? null,
      applied: bit,
    })),
  };
}

/** Highest priority first; rules of equal priority in the order written. */
function placed(match: 'first' | 'all', list: readonly Rule[]): PlacedRule[] {
  return list
    .map((rule, index) => ({ rule, index, applies: appliesOf(match, index) }))
    .sort((a, b) => b.rule.priority - a.rule.priority || a.index - b.index);
}

function appliesOf(match: 'first' | 'all', index: number): string {
  return match === 'first' ? `${MARK} = ${index}` : `${MARK}_${index}`;
}

/** The rows with their marks: the number of the one rule that applies, or one truth for each rule. */
function marksSql(match: 'first' | 'all', rules: readonly PlacedRule[], list: readonly Rule[], input: string): string {
  const marks =
    match === 'first'
      ? [
          `${whileIn(`CASE ${rules.map(({ rule, index }) => `WHEN (${rule.when}) THEN ${index}`).join(' ')} END`)} AS ${MARK}`,
        ]
      : list.map(({ when }, index) => `coalesce(${whileIn(`(${when})`)}, false) AS ${MARK}_${index}`);
  return `SELECT *, ${marks.join(', ')} FROM ${input}`;
}

/** The reasons, or names, of the rules that apply; null where none does. */
function reasonsOf(match: 'first' | 'all', rules: readonly PlacedRule[]): string {
  const textOf = ({ rule }: PlacedRule): string => quoteLiteral(rule.reason ?? rule.name);
  const whens = rules.map((one) => ({ applies: one.applies, text: textOf(one) }));
  if (match === 'first')
    return `CASE ${whens.map(({ applies, text }) => `WHEN ${applies} THEN ${text}`).join(' ')} END`;
  const each = whens.map(({ applies, text }) => `CASE WHEN ${applies} THEN ${text} END`);
  return `nullif(concat_ws(';', ${each.join(', ')}), '')`;
}

function sameNames(list: readonly Rule[]): StepProblem[] {
  return list.flatMap(({ name }, index) => {
    if (list.findIndex((other) => other.name === name) === index) return [];
    const message = `Two rules are named '${name}'`;
    const fix = 'Give each its own name: rows are counted under it.';
    return [{ path: `rules.list[${index}].name`, code: 'duplicate-rule', message, value: name, fix }];
  });
}

function reasonColumnProblems(
  scope: StepScope,
  reasonColumn: string,
  values: readonly { readonly name: string }[],
): StepProblem[] {
  const isSet = values.some(({ name }) => name.toLowerCase() === reasonColumn.toLowerCase());
  if (!isSet && !(scope.columns && findColumn(scope.columns, reasonColumn))) return [];
  const message = isSet ? `The rules set '${reasonColumn}' themselves` : `There is a column '${reasonColumn}' already`;
  const fix = 'Take another name for the reasons.';
  return [{ path: 'rules.reasonColumn', code: 'duplicate-column', message, value: reasonColumn, fix }];
}

/** Names that differ in case alone are one column, named as it stands first. */
function distinctNames(values: readonly { readonly name: string }[]): string[] {
  const names = new Map<string, string>();
  for (const { name } of values) if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
  return [...names.values()];
}

function distinct(names: readonly string[], name: string): string {
  return names.find((other) => other.toLowerCase() === name.toLowerCase()) ?? name;
}

function textFor(texts: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.entries(texts).find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1];
}

import { argumentsOf, type ExpressionNode } from './expression-node';

const SETTLED = words('string_agg group_concat listagg list array_agg first last any_value arbitrary');
const BY_OTHER = words('arg_min arg_max argmin argmax min_by max_by');

/**
 * The functions that may fold rows. Those whose result would depend on the order in which rows happen to come are there too, and
 * `aggregateProblem` asks for an order that leaves nothing open; `mode`, the `approx_` and the sampling ones are missing for that reason.
 */
export const AGGREGATE_FUNCTIONS: ReadonlySet<string> = new Set([
  ...words(
    'count count_star count_if countif sum avg mean min max median quantile_cont quantile_disc bool_and bool_or',
  ),
  ...words('bit_and bit_or bit_xor stddev stddev_pop stddev_samp var_pop var_samp variance corr covar_pop covar_samp'),
  ...SETTLED,
  ...BY_OTHER,
]);

/** The functions of windows that are no aggregates; the second set means nothing without an order. */
export const WINDOW_FUNCTIONS: ReadonlySet<string> = words(
  'row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value',
);

/** How to write an aggregate whose result would depend on the order of rows; null when it does not. */
export function aggregateProblem(node: ExpressionNode, sortedAfterwards: boolean): string | null {
  const name = String(node['function_name']).toLowerCase();
  const [value, by] = argumentsOf(node);
  if (value === undefined) return null;
  if (SETTLED.has(name)) {
    if (sortedAfterwards || ordersOf(node).some((order) => same(order, value))) return null;
    return `Let ORDER BY end with the value itself: ${name}(name ORDER BY day, name).`;
  }
  if (BY_OTHER.has(name)) {
    const settled = by?.class === 'FUNCTION' && argumentsOf(by).some((part) => same(part, value));
    return settled
      ? null
      : `Let the value settle what the other leaves open: ${name}(status, row(changed_at, status)).`;
  }
  return null;
}

/** The expressions of a function's ORDER BY. */
export function ordersOf(node: ExpressionNode): readonly ExpressionNode[] {
  const { orders = [] } = (node['order_bys'] ?? {}) as { orders?: readonly { expression: ExpressionNode }[] };
  return orders.map((order) => order.expression);
}

function same(left: ExpressionNode, right: ExpressionNode): boolean {
  return withoutPlace(left) === withoutPlace(right);
}

function withoutPlace(node: ExpressionNode): string {
  return JSON.stringify(node, (key, value: unknown) =>
    key === 'query_location' || key === 'alias' ? undefined : value,
  );
}

function words(names: string): ReadonlySet<string> {
  return new Set(names.split(' '));
}

const NUMBER = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const PLAIN: Readonly<Record<string, (value: string) => boolean>> = {
  int: (value) => NUMBER.test(value) && Math.abs(Number(value)) <= 2 ** 31 - 1,
  long: (value) => NUMBER.test(value),
  bool: (value) => /^(true|false)$/i.test(value),
  decimal: (value) => DECIMAL.test(value),
  double: (value) => DECIMAL.test(value),
  float: (value) => DECIMAL.test(value),
  datetime: (value) => !Number.isNaN(Date.parse(value)),
  guid: (value) => /^[{(]?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}[)}]?$/i.test(value),
  alpha: (value) => /^[a-z]*$/i.test(value),
  required: (value) => value !== '',
};

const WITH_ARGUMENTS: Readonly<Record<string, (args: string) => (value: string) => boolean>> = {
  min: (args) => (value) => NUMBER.test(value) && Number(value) >= Number(args),
  max: (args) => (value) => NUMBER.test(value) && Number(value) <= Number(args),
  range: (args) => {
    const [low = NaN, high = NaN] = args.split(',').map(Number);
    return (value) => NUMBER.test(value) && Number(value) >= low && Number(value) <= high;
  },
  length: (args) => {
    const [low = NaN, high = low] = args.split(',').map(Number);
    return (value) => value.length >= low && value.length <= high;
  },
  minlength: (args) => (value) => value.length >= Number(args),
  maxlength: (args) => (value) => value.length <= Number(args),
  regex: (args) => {
    // Braces are doubled in a template.
    const pattern = new RegExp(args.replaceAll('{{', '{').replaceAll('}}', '}'), 'i');
    return (value) => pattern.test(value);
  },
};

/**
 * The test behind a route constraint such as `int` or `length(1,5)`; undefined where there is no such constraint.
 * https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints
 */
export function constraintTest(constraint: string): ((value: string) => boolean) | undefined {
  const [, name = '', args] = /^\s*(\w+)\s*(?:\(([^]*)\))?\s*$/.exec(constraint) ?? [];
  const key = name.toLowerCase();
  return args === undefined ? PLAIN[key] : WITH_ARGUMENTS[key]?.(args);
}

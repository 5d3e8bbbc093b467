import { didYouMean } from '../model/closest';
import type { ParameterValue } from '../config/parameters';
import { fitsType, TYPE_NAMES } from '../config/parameter-type';
import type { Project } from '../config/project';
import { InvalidParametersError } from '../errors/invalid-parameters-error';

/**
 * The values of a run's parameters: those given, and the defaults of the pipelines that run. A parameter of one name is
 * one value for all of them. Throws `InvalidParametersError` naming every fault.
 */
export function runParameters(
  project: Project,
  running: readonly string[],
  given: Readonly<Record<string, ParameterValue>>,
): Record<string, ParameterValue> {
  const values: Record<string, ParameterValue> = {};
  const faults = new Set<string>();
  const declared = running.flatMap((name) => Object.entries(project.pipelines[name]?.parameters ?? {}));
  for (const name of Object.keys(given)) {
    if (declared.some(([known]) => known === name)) continue;
    const known = [...new Set(declared.map(([other]) => other))];
    faults.add(`there is no parameter '${name}': ${didYouMean(name, known, 'parameters').replace(/\.$/, '')}`);
  }
  for (const [name, parameter] of declared) {
    const value = Object.hasOwn(given, name) ? given[name] : parameter.default;
    if (value === undefined) {
      faults.add(`'${name}' has no value and no default`);
      continue;
    }
    if (!fitsType(parameter, value)) faults.add(`'${name}' must be ${TYPE_NAMES[parameter.type]}`);
    values[name] = value;
  }
  if (faults.size > 0) throw new InvalidParametersError([...faults]);
  return values;
}

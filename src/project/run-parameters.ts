import { didYouMean } from '../model/closest';
import type { ParameterValue } from '../config/parameters';
import { parameterFault, TYPE_NAMES } from '../config/parameter-type';
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
  const declared = running.flatMap((pipeline) =>
    Object.entries(project.pipelines[pipeline]?.parameters ?? {}).map(([name, parameter]) => ({
      name,
      parameter,
      pipeline,
    })),
  );
  for (const name of Object.keys(given)) {
    if (declared.some((one) => one.name === name)) continue;
    const known = [...new Set(declared.map((one) => one.name))];
    faults.add(`there is no parameter '${name}': ${didYouMean(name, known, 'parameters').replace(/\.$/, '')}`);
  }
  for (const { name, parameter, pipeline } of declared) {
    const value = Object.hasOwn(given, name) ? given[name] : parameter.default;
    if (value === undefined) {
      faults.add(`'${name}' of ${pipeline} has no value and no default: give it ${TYPE_NAMES[parameter.type]}`);
      continue;
    }
    const fault = parameterFault(parameter, value);
    if (fault !== null) faults.add(`'${name}' of ${pipeline} ${fault}`);
    values[name] = value;
  }
  if (faults.size > 0) throw new InvalidParametersError([...faults]);
  return values;
}

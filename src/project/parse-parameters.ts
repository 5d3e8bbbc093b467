import type { ParameterValue } from '../config/parameters';
import { TYPE_NAMES } from '../config/parameter-type';
import type { Project } from '../config/project';
import type { ParameterConfig } from '../config/schema/pipeline';
import { InvalidParametersError } from '../errors/invalid-parameters-error';

/**
 * Reads `name=value` texts as a command line has them, by the types that the pipelines declare. Names that nobody declares
 * stay texts, for `runParameters` to refuse. Throws `InvalidParametersError`.
 */
export function parseParameters(
  project: Pick<Project, 'pipelines'>,
  texts: readonly string[],
): Record<string, ParameterValue> {
  const faults: string[] = [];
  const values: Record<string, ParameterValue> = {};
  for (const text of texts) {
    const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      faults.push(`'${text}' is not written name=value`);
      continue;
    }
    const declared = Object.values(project.pipelines).find(({ parameters }) => Object.hasOwn(parameters, name))
      ?.parameters[name];
    if (declared === undefined) {
      values[name] = value;
      continue;
    }
    const read = readAs(declared, value);
    if (read === undefined) faults.push(`'${name}' must be ${TYPE_NAMES[declared.type]}`);
    else values[name] = read;
  }
  if (faults.length > 0) throw new InvalidParametersError(faults);
  return values;
}

function readAs({ type }: ParameterConfig, text: string): ParameterValue | undefined {
  switch (type) {
    case 'string':
    case 'date':
      return text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'integer':
    case 'number':
      return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
  }
}

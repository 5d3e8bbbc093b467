import type { PipelineDefinition } from '../api/types';
import { Field } from '../ui/field';

/** A parameter as the pipeline declares it. */
export interface ParameterDeclared {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly default?: string | number | boolean | null;
  readonly description?: string;
  readonly values?: readonly (string | number | boolean | null)[];
  readonly min?: number | string;
  readonly max?: number | string;
}
export type ParameterValues = Readonly<Record<string, string | number | boolean | null>>;

/** What the definition of a pipeline declares. */
export function declaredParameters({ definition }: PipelineDefinition): Readonly<Record<string, ParameterDeclared>> {
  const declared = (definition as { readonly parameters?: unknown }).parameters;
  return (declared ?? {}) as Readonly<Record<string, ParameterDeclared>>;
}

/** What is written in the fields, as values of the declared types; an empty field is left out, so that the default counts. */
export function parameterValuesOf(
  declared: Readonly<Record<string, ParameterDeclared>>,
  written: Readonly<Record<string, string>>,
): ParameterValues {
  const values: Record<string, string | number | boolean | null> = {};
  for (const [name, { type }] of Object.entries(declared)) {
    const text = written[name] ?? '';
    if (text === '') continue;
    values[name] = type === 'boolean' ? text === 'true' : type === 'integer' || type === 'number' ? Number(text) : text;
  }
  return values;
}

const INPUTS = {
  string: { type: 'text' },
  boolean: { type: 'text' },
  integer: { type: 'number', step: 1 },
  number: { type: 'number', step: 'any' },
  date: { type: 'date' },
} as const;

/** A field for each parameter, of its type. */
export function ParameterFields({
  declared,
  written,
  onInput,
}: {
  readonly declared: Readonly<Record<string, ParameterDeclared>>;
  readonly written: Readonly<Record<string, string>>;
  readonly onInput: (written: Readonly<Record<string, string>>) => void;
}) {
  const names = Object.keys(declared);
  if (names.length === 0) return <p class="soft">There are no parameters.</p>;
  return (
    <>
      {Object.entries(declared).map(([name, parameter]) => (
        <ParameterField
          key={name}
          name={name}
          parameter={parameter}
          value={written[name] ?? ''}
          onInput={(text) => onInput({ ...written, [name]: text })}
        />
      ))}
    </>
  );
}

function ParameterField({
  name,
  parameter,
  value,
  onInput,
}: {
  readonly name: string;
  readonly parameter: ParameterDeclared;
  readonly value: string;
  readonly onInput: (text: string) => void;
}) {
  const { type, default: unless, description, values, min, max } = parameter;
  const hint = [description, unless === undefined ? 'Needed.' : `${String(unless)} unless given.`]
    .filter((part) => part !== undefined)
    .join(' ');
  const choices = values ?? (type === 'boolean' ? [true, false] : null);
  return (
    <Field label={`${name} (${type})`} hint={hint}>
      {(id, hintId) =>
        choices !== null ? (
          <select
            id={id}
            aria-describedby={hintId}
            required={unless === undefined}
            value={value}
            onChange={(event) => onInput(event.currentTarget.value)}
          >
            <option value="">{unless === undefined ? 'choose' : 'as the default'}</option>
            {choices.map((choice) => (
              <option key={String(choice)} value={String(choice)}>
                {String(choice)}
              </option>
            ))}
          </select>
        ) : (
          <input
            id={id}
            aria-describedby={hintId}
            {...INPUTS[type]}
            {...(min !== undefined && { min })}
            {...(max !== undefined && { max })}
            required={unless === undefined}
            value={value}
            onInput={(event) => onInput(event.currentTarget.value)}
          />
        )
      }
    </Field>
  );
}

import type { PipelineDefinition } from '../api/types';
import { Field } from '../ui/field';

/** A parameter as the pipeline declares it. */
export interface ParameterDeclared {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly default?: string | number | boolean | null;
  readonly description?: string;
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
      {Object.entries(declared).map(([name, { type, default: unless, description }]) => {
        const hint = [description, unless === undefined ? 'Needed.' : `${String(unless)} unless given.`]
          .filter((part) => part !== undefined)
          .join(' ');
        const value = written[name] ?? '';
        const set = (text: string): void => onInput({ ...written, [name]: text });
        return (
          <Field key={name} label={`${name} (${type})`} hint={hint}>
            {(id, hintId) =>
              type === 'boolean' ? (
                <select
                  id={id}
                  aria-describedby={hintId}
                  value={value}
                  onChange={(event) => set(event.currentTarget.value)}
                >
                  <option value="">as the default</option>
                  <option value="true">true</option>
                  <option value="false">false</option>
                </select>
              ) : (
                <input
                  id={id}
                  aria-describedby={hintId}
                  {...INPUTS[type]}
                  required={unless === undefined}
                  value={value}
                  onInput={(event) => set(event.currentTarget.value)}
                />
              )
            }
          </Field>
        );
      })}
    </>
  );
}

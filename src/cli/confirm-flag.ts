/** The flag of commands that do what an environment may want to be confirmed. */
export const CONFIRM_FLAG = { confirm: { type: 'string', multiple: true, default: [] as string[] } } as const;
export const CONFIRM_FLAG_HELP = `      --confirm <name>       the name of what it is done to, where the environment wants it; may stand several times`;

/** As the API reads it; nothing where nothing was confirmed. */
export function confirmed(names: readonly string[]): { readonly confirm?: readonly string[] } {
  return names.length === 0 ? {} : { confirm: names };
}

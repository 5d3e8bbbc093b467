import { UsageError } from './usage-error';

/** Values of parameters from `name=value` texts, for the API: numbers, `true`, `false` and `null` as JSON, all else as text. Throws `UsageError`. */
export function parameterValues(texts: readonly string[]): Record<string, string | number | boolean | null> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`a parameter is name=value, and '${text}' is not`);
      return [text.slice(0, at), valueOf(text.slice(at + 1))];
    }),
  );
}

function valueOf(text: string): string | number | boolean | null {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  // Only what comes back as it was written: 007 and 1e3 are texts.
  return text !== '' && String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text;
}

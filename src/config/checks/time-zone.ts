import { closest } from '../../model/closest';

/** Code, message and fix of a name that is no time zone. */
export function unknownTimeZone(name: string): [code: string, message: string, fix: string] {
  const match = closest(name, Intl.supportedValuesOf('timeZone'));
  const fix = match === undefined ? 'Use an IANA name such as Europe/Berlin.' : `Did you mean '${match}'?`;
  return ['unknown-time-zone', `there is no time zone '${name}'`, fix];
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

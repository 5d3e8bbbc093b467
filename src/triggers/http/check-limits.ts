import type { HttpRequest } from '@azure/functions';
import { InvalidRequestError } from '../../errors/invalid-request-error';
import { RequestTooLargeError } from '../../errors/request-too-large-error';

/** Of the address with its query; hosts and proxies cut at about 8 KB. */
const LONGEST_ADDRESS = 8000;
const LONGEST_QUERY_VALUE = 4000;
const MOST_QUERY_PARAMETERS = 50;
/** The longest that an answer gives is the id of a batch: run, pipeline, step and partition. */
const LONGEST_PART = 200;
/** A signed token says whom and what it is for, and until when. */
const LONGEST_TOKEN = 1000;

/**
 * Checks what every route has in common: lengths, and parts of the path that can be names or ids at all. What they name is the business of the route,
 * and so is the size of the body.
 * @throws {InvalidRequestError | RequestTooLargeError}
 */
export function checkLimits(request: HttpRequest): void {
  if (request.url.length > LONGEST_ADDRESS) throw new RequestTooLargeError(LONGEST_ADDRESS, 'address');
  const faults = [...pathFaults(request), ...queryFaults(request)];
  if (faults.length > 0) throw new InvalidRequestError(faults);
}

type Faults = { path: string; message: string }[];

function pathFaults({ params }: HttpRequest): Faults {
  return Object.entries(params)
    .filter(([name, value]) => value.length > longestOf(name) || !/^[\w.~:-]+$/.test(value))
    .map(([name]) => ({
      path: `{${name}}`,
      message: `this part of the path has 1 to ${longestOf(name)} letters, digits and . _ ~ : -`,
    }));
}

const longestOf = (name: string): number => (name === 'token' ? LONGEST_TOKEN : LONGEST_PART);

function queryFaults({ query }: HttpRequest): Faults {
  const entries = [...query.entries()];
  if (entries.length > MOST_QUERY_PARAMETERS) {
    return [{ path: 'query', message: `has at most ${MOST_QUERY_PARAMETERS} parameters` }];
  }
  const faults: Faults = [];
  for (const [name, value] of entries) {
    const path = name.length > 100 ? `${name.slice(0, 100)}...` : name;
    if (value.length > LONGEST_QUERY_VALUE) {
      faults.push({ path, message: `is longer than ${LONGEST_QUERY_VALUE} characters` });
    }
    // No name, time or text that the API takes has one, and neither storage nor databases do.
    if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(name + value)) {
      faults.push({ path: JSON.stringify(path).slice(1, -1), message: 'has a control character' });
    }
  }
  return faults;
}

import { stableFraction } from '../../resilience/stable-fraction';

const MAX_LENGTH = 100;

/**
 * Instance id of a child: its parent's with a label, so that the tree of a run is found by the run's id as a prefix.
 * URL-safe and at most 100 characters, as the client's URLs want: a longer one is cut and made unique by a hash.
 */
export function childId(parent: string, label: string): string {
  const id = `${parent}.${label}`;
  if (id.length <= MAX_LENGTH) return id;
  const hash = Math.floor(stableFraction(id) * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0');
  return `${id.slice(0, MAX_LENGTH - 9)}-${hash}`;
}

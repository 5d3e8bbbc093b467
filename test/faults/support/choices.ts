import { TARGETS, SOURCES, type Combination } from './combinations';
import type { Choice, Fault } from './trials';

const kill = (at: string): Fault => ({ do: 'kill', at });
const isRecord = (point: string): boolean => point.startsWith('record ');
const activityOf = (point: string): string => point.slice(0, point.indexOf(':'));

/** Every point, every activity twice in both ways, and everything once more later. */
export const everything: Choice = (points) => [...points.map(kill), ...twice(points), { do: 'late' }];

/**
 * What `npm run faults` tries in its time: with the first source and target every point; of the other sources every point up to the
 * extracted rows, of the other targets every point from planning on, since the rest is the same code; of the remaining combinations
 * the points where work could be lost or doubled. Activities twice, and everything once more later, with each of them.
 */
export function usual({ source, target }: Combination): Choice {
  const [isFirstSource, isFirstTarget] = [source === SOURCES[0], target === TARGETS[0]];
  return (points) => {
    const again: Fault[] = [...twice(points), { do: 'late' }];
    const those = (pattern: RegExp): Fault[] => points.filter((point) => pattern.test(point)).map(kill);
    if (isFirstSource && isFirstTarget) {
      // A record that was not written is the same as one that was half written: the next start cuts it off.
      const records = points.filter((point) => isRecord(point) && !point.endsWith('not written'));
      const chosen = records.filter((_, index) => index % 4 === 0 || index % 4 === 3);
      return [...[...points.filter((point) => !isRecord(point)), ...chosen].map(kill), ...again];
    }
    if (isFirstTarget) return [...those(/^(plan-pipeline|extract-partition|advance-watermark)/), ...again];
    if (isFirstSource) {
      const own = those(/^(plan-pipeline|stage-partition|seal-step stage|publish|advance-watermark|discard-staging)/);
      return [...own, ...again];
    }
    const decisive = those(
      /^(extract-partition 0: ends|publish: COMMIT answered|publish: ends|advance-watermark: begins)/,
    );
    const decisiveTwice = again.filter(
      (fault) => fault.do !== 'twice' || /^(publish|stage-partition 0)$/.test(fault.at),
    );
    return [...decisive, ...decisiveTwice];
  };
}

/** A few of those, spread evenly. */
export function some(choice: Choice, most: number): Choice {
  return (points) => {
    const all = choice(points);
    const step = Math.max(1, all.length / most);
    return all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
  };
}

function twice(points: readonly string[]): Fault[] {
  const activities = [...new Set(points.filter((point) => !isRecord(point)).map(activityOf))];
  return activities.flatMap((at): Fault[] => [
    { do: 'twice', at, how: 'turn' },
    { do: 'twice', at, how: 'once' },
  ]);
}

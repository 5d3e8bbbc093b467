import { durationMs } from '../../model/duration';
import type { SlaConfig } from '../schema/sla';
import type { Report } from './check-pipeline';
import { isTimeZone, unknownTimeZone } from './time-zone';

/** What a schema cannot say of service levels. */
export function checkSla({ freshness, maxDuration, doneBy }: SlaConfig, report: Report): void {
  if (freshness === undefined && maxDuration === undefined && doneBy === undefined) {
    report(['sla'], 'empty-sla', 'nothing is promised', 'Add freshness, maxDuration or doneBy, or take sla away.');
  }
  for (const [key, value] of Object.entries({ freshness, maxDuration })) {
    if (value === undefined || durationMs(value) > 0) continue;
    report(['sla', key], 'empty-range', `nothing is done within ${value}`, 'Write a longer time, such as 45m.');
  }
  if (doneBy === undefined) return;
  const { timeZone, days = [], within } = doneBy;
  if (!isTimeZone(timeZone)) report(['sla', 'doneBy', 'timeZone'], ...unknownTimeZone(timeZone));
  const twice = days.findIndex((day, index) => days.indexOf(day) !== index);
  if (twice >= 0) {
    const message = `'${String(days[twice])}' stands there twice`;
    report(['sla', 'doneBy', 'days', twice], 'duplicate-value', message, 'Take one of the two away.');
  }
  if (within !== undefined && durationMs(within) < 60_000) {
    const message = `hardly a run ends within ${within} before the time`;
    report(['sla', 'doneBy', 'within'], 'empty-range', message, 'Write a minute or more, such as 6h.');
  }
}

import type { HistoryEvent } from './core/history-event';

/**
 * Histories as JSON, each event written once: an episode of a long orchestration would else cost more in writing than
 * in running.
 */
export class HistoryText {
  private readonly texts = new WeakMap<readonly HistoryEvent[], { json: string; count: number }>();

  /** JSON members of an array, without the brackets. Events are never changed once they are in a history. */
  of(history: readonly HistoryEvent[]): string {
    const known = this.texts.get(history);
    if (known?.count === history.length) return known.json;
    const added = history.slice(known?.count ?? 0).map((event) => JSON.stringify(event));
    const json = known === undefined || known.json === '' ? added.join(',') : [known.json, ...added].join(',');
    this.texts.set(history, { json, count: history.length });
    return json;
  }
}

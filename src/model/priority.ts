/** Whose partitions go first where there is not room for all. */
export type Priority = 'high' | 'normal' | 'low';

/**
 * How much later than a high one an ask of a priority counts as made, in milliseconds: whoever has waited that much longer goes first whatever the
 * others' priority, so nobody waits for ever.
 */
export const AGEING_MS: Readonly<Record<Priority, number>> = { high: 0, normal: 10 * 60_000, low: 30 * 60_000 };

import { HIDDEN, WORD_BITS } from './hidden-columns';

/**
 * What a reason does: to the rows that have it, or to the run. `fail` is left to the validate step, which knows all rows; `stop` is a
 * step's own and ends the partition; `none` only has the row counted.
 */
export type ReasonEffect = 'quarantine' | 'warn' | 'fail' | 'stop' | 'none';

/** Something that can be wrong with a row: a bit of the row's bit set. */
export interface Reason {
  /** `notNull(date)`, `cast(distance as integer)`: stable, shown to people, the key of the counts. */
  readonly name: string;
  readonly effect: ReasonEffect;
  readonly word: number;
  /** The bit's value, as SQL. */
  readonly bit: string;
}

/** Gives every reason of a pipeline its bit. The same name and effect get the same bit. */
export class ReasonRegistry {
  private readonly known: Reason[] = [];

  add(name: string, effect: ReasonEffect): Reason {
    const same = this.known.find((reason) => reason.name === name && reason.effect === effect);
    return same ?? this.append(name, effect);
  }

  /** A bit of its own, whatever its name, for rows that are only counted. */
  note(name: string): Reason {
    return this.append(name, 'none');
  }

  get all(): readonly Reason[] {
    return this.known;
  }

  get words(): number {
    return Math.max(1, Math.ceil(this.known.length / WORD_BITS));
  }

  private append(name: string, effect: ReasonEffect): Reason {
    const index = this.known.length;
    const reason = {
      name,
      effect,
      word: Math.floor(index / WORD_BITS),
      bit: `${2n ** BigInt(index % WORD_BITS)}::BIGINT`,
    };
    this.known.push(reason);
    return reason;
  }
}

/** Whether a row has a reason. */
export function hasReason(reason: Reason): string {
  return `(${HIDDEN.failed(reason.word)} & ${reason.bit}) <> 0`;
}

/** Whether a row has any of the reasons; `false` when there are none. One comparison for each word. */
export function hasAnyReason(reasons: readonly Reason[]): string {
  const words = new Map<number, bigint>();
  for (const reason of reasons) {
    words.set(reason.word, (words.get(reason.word) ?? 0n) | BigInt(reason.bit.replace('::BIGINT', '')));
  }
  if (words.size === 0) return 'false';
  return [...words].map(([word, mask]) => `(${HIDDEN.failed(word)} & ${mask}::BIGINT) <> 0`).join(' OR ');
}

/** The new values of the words after `failures`, each a reason and the condition under which a row gets it; for `* REPLACE`. */
export function setReasons(failures: readonly { readonly reason: Reason; readonly when: string }[]): string[] {
  const words = new Map<number, string[]>();
  for (const { reason, when } of failures) {
    words.set(reason.word, [...(words.get(reason.word) ?? []), `CASE WHEN ${when} THEN ${reason.bit} ELSE 0 END`]);
  }
  return [...words].map(([word, terms]) => {
    const name = HIDDEN.failed(word);
    return `CASE WHEN ${HIDDEN.out} = 0 THEN ${name} | (\n    ${terms.join('\n    + ')}) ELSE ${name} END AS ${name}`;
  });
}

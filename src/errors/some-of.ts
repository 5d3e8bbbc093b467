const MOST = 20;
const LONGEST = 500;

/** The first of many sentences, each cut to a length that somebody reads, and how many there are besides. */
export function someOf(sentences: readonly string[]): string {
  const shown = sentences.slice(0, MOST).map((text) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text));
  const more = sentences.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/**
 * Turns offsets of a text into lines and columns, both one-based. The `LineCounter` of `yaml` knows only the lines that its
 * lexer saw, which after a syntax error are not all of them.
 */
export class LineIndex {
  private readonly starts: number[] = [0];

  constructor(private readonly text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  /** The place of an offset; one outside the text is taken as its end or beginning. */
  at(offset: number): { readonly line: number; readonly column: number } {
    const inside = Math.min(Math.max(offset, 0), this.text.length);
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.starts[middle] ?? 0) <= inside) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: inside - (this.starts[low] ?? 0) + 1 };
  }

  /** A line without its end. */
  line(number: number): string {
    return this.text.slice(this.starts[number - 1] ?? 0, this.starts[number] ?? this.text.length).trimEnd();
  }
}

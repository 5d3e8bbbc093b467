/** Parsed JSON of immutable blobs, the most recently used first, bounded by the bytes of their texts. */
export class JsonCache {
  private readonly values = new Map<string, { readonly value: unknown; readonly bytes: number }>();
  private bytes = 0;

  constructor(private readonly mostBytes: number) {}

  get(key: string): { readonly value: unknown } | undefined {
    const found = this.values.get(key);
    if (found !== undefined) {
      this.values.delete(key);
      this.values.set(key, found);
    }
    return found;
  }

  set(key: string, value: unknown, bytes: number): void {
    if (bytes > this.mostBytes / 4 || this.values.has(key)) return;
    this.values.set(key, { value, bytes });
    this.bytes += bytes;
    for (const [oldest, entry] of this.values) {
      if (this.bytes <= this.mostBytes) return;
      this.values.delete(oldest);
      this.bytes -= entry.bytes;
    }
  }
}

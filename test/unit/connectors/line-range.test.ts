import fc from 'fast-check';
import { firstByte, linesOf, type ByteRange } from '../../../src/connectors/files/line-range';

async function* chunksOf(text: Buffer, from: number, size: number): AsyncGenerator<Buffer> {
  for (let at = from; at < text.length; at += size) yield text.subarray(at, at + size);
}

async function read(text: Buffer, range: ByteRange, size: number): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of linesOf(chunksOf(text, firstByte(range), size), range)) parts.push(part);
  return Buffer.concat(parts).toString('latin1');
}

test('the ranges that divide a text have its lines together, each once and whole', async () => {
  const text = fc.stringMatching(/^[ab\n]{0,60}$/).map((value) => Buffer.from(value));
  const cuts = fc.array(fc.integer({ min: 1, max: 59 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(text, cuts, fc.integer({ min: 1, max: 20 }), async (bytes, at, size) => {
      const bounds = [0, ...[...new Set(at)].filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
      const parts: string[] = [];
      for (let index = 0; index + 1 < bounds.length; index += 1) {
        parts.push(await read(bytes, { from: bounds[index]!, to: bounds[index + 1]! }, size));
      }
      expect(parts.join('')).toBe(bytes.toString('latin1'));
      for (const part of parts.slice(0, -1))
        expect(part === '' || part.endsWith('\n') || bytes.at(-1) !== 10).toBe(true);
    }),
    { numRuns: 500 },
  );
});

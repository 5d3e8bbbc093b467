/** Just enough of DER (ITU-T X.690) to write a certificate. */
export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts);
export const set = (...parts: readonly Buffer[]): Buffer => tagged(0x31, ...parts);
export const octets = (content: Buffer): Buffer => tagged(0x04, content);
export const bits = (content: Buffer): Buffer => tagged(0x03, Buffer.from([0]), content);
export const utf8 = (text: string): Buffer => tagged(0x0c, Buffer.from(text, 'utf8'));
export const boolean = (value: boolean): Buffer => tagged(0x01, Buffer.from([value ? 0xff : 0]));
/** `[number]` around what it marks, as a constructed type. */
export const explicit = (number: number, ...parts: readonly Buffer[]): Buffer => tagged(0xa0 | number, ...parts);
/** `[number]` in place of the type of a text or bytes. */
export const implicit = (number: number, content: Buffer): Buffer => tagged(0x80 | number, content);

export function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat([...parts]);
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

function length(size: number): Buffer {
  if (size < 0x80) return Buffer.from([size]);
  const bytes = Buffer.from(size.toString(16).padStart(size > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

/** A number that is not negative, given by its bytes. */
export function integer(bytes: Buffer): Buffer {
  const positive = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return tagged(0x02, positive);
}

/** An object identifier such as `1.2.840.10045.4.3.2`. */
export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const groups = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return tagged(0x06, Buffer.from(bytes));
}

/** A time, as the year needs it (RFC 5280, section 4.1.2.5). */
export function time(at: Date): Buffer {
  const text = `${at.toISOString().replace(/[-:T]|\.\d+/g, '')}`;
  return at.getUTCFullYear() < 2050 ? tagged(0x17, Buffer.from(text.slice(2))) : tagged(0x18, Buffer.from(text));
}

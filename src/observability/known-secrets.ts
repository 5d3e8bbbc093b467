const HIDDEN = '***';
/** Shorter ones are words of everyday texts, which would be full of holes. */
const LEAST = 4;
/** Shorter ones leave too little of themselves in Base64 to be told from other texts. */
const LEAST_ENCODED = 8;
/** Rotated values are kept, since messages may be late; the oldest go when there are so many. */
const MOST = 500;

/** Patterns by which each known secret would be recognized, as sources of regular expressions. */
const forms = new Map<string, readonly string[]>();
let pattern: RegExp | null = null;

/** Makes a secret known to this process: from now on, whatever is written passes it over, in every form in which it is likely to appear. */
export function knowSecret(value: string): void {
  // Halves of characters, which no encoding takes, are replaced.
  const plain = value.trim().replace(/\p{Surrogate}/gu, '\ufffd');
  if (plain.length < LEAST || forms.has(plain)) return;
  forms.set(plain, formsOf(plain));
  if (forms.size > MOST) forms.delete(String(forms.keys().next().value));
  pattern = null;
}

/** Replaces known secrets in a text by `***`: as they are, escaped in JSON, in URLs and forms, in Base64 (also inside of something longer), and in hex. */
export function hideKnownSecrets(text: string): string {
  if (forms.size === 0) return text;
  // The longest first, so that no part of a secret is left because a shorter one is contained in it.
  pattern ??= new RegExp([...new Set([...forms.values()].flat())].sort((a, b) => b.length - a.length).join('|'), 'g');
  return text.replace(pattern, HIDDEN);
}

function formsOf(plain: string): string[] {
  // A certificate or key of many lines is recognized by each of them.
  const lines = plain.includes('\n') ? plain.split(/\r?\n/).filter((line) => line.length >= 32) : [];
  const inUrl = encodeURIComponent(plain);
  const strict = inUrl.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const escaped = JSON.stringify(plain).slice(1, -1);
  const texts = [
    plain,
    ...lines,
    escaped,
    JSON.stringify(escaped).slice(1, -1),
    inUrl,
    strict,
    lowerEscapes(inUrl),
    lowerEscapes(strict),
    new URLSearchParams({ v: plain }).toString().slice(2),
    encodeURI(plain),
  ].map(literally);
  if (plain.length < LEAST_ENCODED) return texts;
  const bytes = Buffer.from(plain, 'utf8');
  return [...texts, ...base64FormsOf(bytes), bytes.toString('hex'), bytes.toString('hex').toUpperCase()];
}

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const lowerEscapes = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());

/** What Base64 makes of bytes wherever they begin in something longer; of the signs that they share with their neighbours, any. */
function base64FormsOf(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const first = before === 0 ? 0 : before + 1;
    const last = (before + bytes.length) % 3 === 0 ? text.length : text.length - 1;
    const inner = text.slice(first, last);
    const forms = [inner, inner.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(inner)];
    return forms.map((form) => `[\\w+/-]{0,${first}}${literally(form)}(?:[\\w+/-]{0,2}(?:=|%3D){0,2})`);
  });
}

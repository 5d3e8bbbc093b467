import fc from 'fast-check';

/** Texts that have broken something somewhere. */
export const HOSTILE_TEXTS: readonly string[] = [
  '', ' ', '\0', 'a\0b', '..', '../../../etc/passwd', '..\\..\\windows\\win.ini', '%2e%2e%2f', '%00', '/', '//', '\\',
  "' OR 1=1 --", "'; DROP TABLE runs; --", '" OR ""="', '${env:PATH}', '${secret:warehouse-password}', '{{7*7}}', '#{7*7}', '<%= 7 %>', '$(id)', '`id`',
  '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '\r\nSet-Cookie: a=b', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf',
  'undefined', 'null', 'true', 'NaN', 'Infinity', '-1', '0', '1e400', '9007199254740993', '-0', '0x1F', '1_000', '٣', '2026-13-45', '2026-02-30T25:61:61Z', '0000-00-00', '275760-09-14',
  '\u202e\u0000', '\ud800', '\udfff\ud800', '\ufeff', '👩‍👩‍👧‍👦', 'é', 'İ', 'ß', '\u2028', 'a'.repeat(63), 'a'.repeat(64), 'a'.repeat(101), 'x'.repeat(201), 'x'.repeat(5000),
  '*', '?', '[', '[a-', '(', '((((((((((((((((((((a', '^(a+)+$', '%', '%s%n', '%zz', '.', '~', '-', '_', ':', ';', ',', '|', '&', '=', '+', '@', '#', 'run-', 'run-000000000000000000000000', 'bf-000000000000000000000000',
  'file:///etc/passwd', 'http://169.254.169.254/metadata', 'AccountKey=abc;', 'Bearer x', 'eyJhbGciOiJub25lIn0.e30.',
]; // prettier-ignore

/** Bodies as they come over the wire. */
export const HOSTILE_BODIES: readonly string[] = [
  '', ' ', '{', '}', '[]', '[[[[', 'null', 'true', '0', '"text"', '{}{}', '{"a":1,"a":2}', "{'a':1}", '{a:1}', '\ufeff{}', '\0', '{"\\u0000":1}', '{"a":1e400}', '{"a":-1e400}',
  '{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}', '{"parameters":{"__proto__":"x"}}', '{"parameters":{"__proto__":{"polluted":true}}}', '{"values":{"__proto__":"x","constructor":"y"},"reason":"r"}',
  '{"reason":"\\ud800"}', '{"reason":"\\u0000"}', '{"reason":{"toString":1}}', '{"pipelines":["__proto__"]}', '{"pipelines":["constructor"],"reason":"r"}', '{"pipelines":{"length":1,"0":"a"}}',
  '['.repeat(30_000), `${'['.repeat(30_000)}${']'.repeat(30_000)}`, `${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`, `{"reason":"${'x'.repeat(60_000)}"}`, `{"reason":"${'x'.repeat(70_000)}"}`,
  `{"parameters":{${Array.from({ length: 3000 }, (_, index) => `"p${index}":${index}`).join(',')}}}`, `{"rows":[${'"0-1",'.repeat(5000)}"0-1"]}`, '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', 'a=b&c=d', '--x\r\nContent-Disposition: form-data',
]; // prettier-ignore

/** Any text, hostile ones often. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 120 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 40 }) },
);

/** Any JSON value, with hostile texts and keys. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 2 ** 53, -(2 ** 31), 1e308, [], {}),
    anyText,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(anyText, tie('value'), { maxKeys: 5 }),
  ),
})).value;

/** The same value with one or more parts of it exchanged for something else, left out or doubled. */
export function mangledJson(value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value)) {
    const parts = value.map((part) => mangledJson(part));
    return fc.oneof(
      { weight: 3, arbitrary: fc.tuple(...parts) },
      anyJson,
      fc.constant([...(value as unknown[]), ...(value as unknown[])]),
    );
  }
  if (typeof value === 'object' && value !== null) {
    const keys = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, mangledJson(part)]));
    const some = fc.record(keys, { requiredKeys: [] });
    const more = fc
      .tuple(some, fc.dictionary(anyText, anyJson, { maxKeys: 2 }))
      .map(([its, others]) => ({ ...its, ...others }));
    return fc.oneof({ weight: 4, arbitrary: fc.record(keys) }, { weight: 2, arbitrary: some }, more, anyJson);
  }
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(value) },
    { weight: 1, arbitrary: anyText },
    { weight: 1, arbitrary: anyJson },
  );
}

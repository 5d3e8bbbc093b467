import {
  derivedTraceId,
  formatTraceparent,
  parseTraceparent,
  spanIdOf,
} from '../../../../src/observability/tracing/traceparent';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test.each([
  [`00-${TRACE}-${SPAN}-01`, { traceId: TRACE, spanId: SPAN, sampled: true }],
  [`00-${TRACE}-${SPAN}-00`, { traceId: TRACE, spanId: SPAN, sampled: false }],
  [`cc-${TRACE}-${SPAN}-03-more-of-a-later-version`, { traceId: TRACE, spanId: SPAN, sampled: true }],
  [`ff-${TRACE}-${SPAN}-01`, null],
  [`00-${'0'.repeat(32)}-${SPAN}-01`, null],
  [`00-${TRACE}-${'0'.repeat(16)}-01`, null],
  [`00-${TRACE.toUpperCase()}-${SPAN}-01`, null],
  ['00-1-2-01', null],
  ['', null],
  [null, null],
])('%s', (text, place) => {
  expect(parseTraceparent(text)).toEqual(place);
});

test('what is written can be read', () => {
  for (const sampled of [true, false]) {
    const place = { traceId: TRACE, spanId: SPAN, sampled };
    expect(parseTraceparent(formatTraceparent(place))).toEqual(place);
  }
});

test('ids that follow from a run are ids, always the same, and differ from each other', () => {
  expect(derivedTraceId('run-1')).toMatch(/^[0-9a-f]{32}$/);
  expect(derivedTraceId('run-1')).toBe(derivedTraceId('run-1'));
  const ids = [['run-1'], ['run-1', 'a'], ['run-1', 'a', 'plan'], ['run-1', 'b', 'plan'], ['run-2']].map(spanIdOf);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{16}$/);
});

import { filterText } from '../../../src/triggers/http/review-quarantine';

test('a filter stands in the audit trail without the value that it looks for', () => {
  const text = filterText({ column: 'email', value: 'ada@example.com', state: 'open' });
  expect(JSON.parse(text)).toEqual({ column: 'email', value: '***', state: 'open' });
  // Rows without a value are nobody's data.
  expect(JSON.parse(filterText({ column: 'email', value: null }))).toEqual({ column: 'email', value: null });
  expect(filterText({})).toBe('{}');
});

import fc from 'fast-check';
import { statementName } from '../../../src/model/statement-name';

test.each([
  ['SELECT secret FROM people', 'SELECT'],
  ['  -- a note about Ann\n select 1', 'SELECT'],
  ['/* Ann */ WITH x AS (SELECT 1) SELECT * FROM x', 'WITH'],
  ['((SELECT 1))', 'SELECT'],
  ["COPY (SELECT 1) TO '/tmp/x'", 'COPY'],
  ['CREATE TEMP TABLE "Ann" (id integer)', 'CREATE TABLE'],
  ['CREATE OR REPLACE VIEW v AS SELECT 1', 'CREATE VIEW'],
  ['create unique index i ON t (x)', 'CREATE INDEX'],
  ['DROP SCHEMA IF EXISTS s CASCADE', 'DROP SCHEMA'],
  ["COMMENT ON TABLE t IS 'x'", 'COMMENT TABLE'],
  ['', 'OTHER'],
  ['hunter2', 'OTHER'],
])('%s is a %s', (sql, name) => {
  expect(statementName(sql)).toBe(name);
});

test('whatever a statement says, its name is made of known words', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const sql of [text, `SELECT ${text}`, `CREATE ${text}`, `DROP TABLE ${text}`])
        expect(statementName(sql)).toMatch(/^[A-Z]+( (TABLE|VIEW|SCHEMA|INDEX|FUNCTION|SEQUENCE|TYPE|MACRO))?$/);
    }),
  );
});

/** Words that a name may be made of; anything else in a statement may be a name or a value of somebody's. */
const FIRST =
  /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/|\()*(SELECT|WITH|INSERT|UPDATE|DELETE|MERGE|COPY|CREATE|ALTER|DROP|TRUNCATE|SET|BEGIN|COMMIT|ROLLBACK|LOCK|DESCRIBE|SUMMARIZE|ATTACH|DETACH|VACUUM|ANALYZE|COMMENT|GRANT|REVOKE|CALL|PRAGMA|EXPLAIN|SAVEPOINT|RELEASE|SHOW|VALUES|FROM|LISTEN|PREPARE|EXECUTE)\b/i;
const OBJECT =
  /^(?:CREATE|ALTER|DROP|COMMENT ON)\s+(?:OR\s+REPLACE\s+)?(?:GLOBAL\s+|LOCAL\s+)?(?:TEMP\s+|TEMPORARY\s+|UNLOGGED\s+|UNIQUE\s+)?(TABLE|VIEW|SCHEMA|INDEX|FUNCTION|SEQUENCE|TYPE|MACRO)\b/i;

/** What a statement does, as its first words say: `COPY`, `CREATE TABLE`. Names and values of the statement never come along. */
export function statementName(sql: string): string {
  const head = sql.slice(0, 2000);
  const verb = FIRST.exec(head)?.[1]?.toUpperCase() ?? 'OTHER';
  const object = OBJECT.exec(head.trimStart())?.[1]?.toUpperCase();
  return object === undefined ? verb : `${verb} ${object}`;
}

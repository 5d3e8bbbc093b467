import type { TargetConfig } from '../../../../config/schema/pipeline';
import type { Column } from '../../../../model/column';
import type { TableName } from '../target-table';
import { currentKeySql, keySql, plainIndexSql } from '../unique-key';
import { mergePlan } from './merge-plan';
import { closeSql, deleteSql, imagesSql, insertSql, openSql } from './merge-sql';

/** The statements of a merge, for `plan`. */
export function explainMerge(
  target: TargetConfig,
  columns: readonly Column[],
  name: TableName,
  slice: string,
  connection: string,
): readonly string[] {
  const plan = mergePlan({ target, columns }, name, null, slice, connection);
  const { history } = plan;
  const index =
    history !== null
      ? currentKeySql(name, plan.keyNames, history.to)
      : plan.isGrouped
        ? plainIndexSql(name, plan.keyNames)
        : keySql(name, plan.keyNames);
  const deletion = deleteSql(plan);
  return [
    `LOCK TABLE ${name.sql} IN SHARE ROW EXCLUSIVE MODE`,
    `${index}   -- when there is none`,
    `CREATE TABLE sluice_staging.b_<load> AS ${imagesSql(plan)}   -- kept for undo`,
    ...(history !== null
      ? [closeSql(plan, history), openSql(plan, history)]
      : [...(deletion === null ? [] : [deletion]), insertSql(plan, false)]),
  ];
}

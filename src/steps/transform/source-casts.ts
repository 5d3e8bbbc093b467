import type { PipelineConfig } from '../../config/schema/pipeline';
import type { Column } from '../../model/column';
import { declaredColumns } from '../../model/declared-columns';
import { findColumn } from './find-column';
import type { CastFailure, ColumnCast } from './steps/bind-cast';
import { normalType, plainCast } from './strict-cast';

/**
 * The casts that `source.columns` asks for before the first step: every column that arrives with another type than declared, as
 * text formats always do. What happens to values that do not fit is said by `source.schema.types`.
 */
export function sourceCasts(pipeline: Pick<PipelineConfig, 'source'>, columns: readonly Column[]): ColumnCast[] {
  const onFailure = failureOf(pipeline.source.schema.types);
  return declaredColumns(pipeline.source).flatMap(({ name, type: declared }) => {
    const type = normalType(declared);
    const present = findColumn(columns, name);
    if (!present || present.type === type) return [];
    return [{ column: name, spec: plainCast(type), onFailure, path: name }];
  });
}

function failureOf(drift: PipelineConfig['source']['schema']['types']): CastFailure {
  const failures: Partial<Record<typeof drift, CastFailure>> = {
    discardValue: 'null',
    discardRow: 'filter',
    freeze: 'stop',
  };
  return failures[drift] ?? 'quarantine';
}

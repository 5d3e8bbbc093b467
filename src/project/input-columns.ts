import { formatOfFile } from '../config/format-of-file';
import type { PipelineConfig } from '../config/schema/pipeline';
import type { Column, ColumnType } from '../model/column';

/**
 * The columns of the extracted rows as far as the pipeline declares them: texts arrive as text and are cast by the first
 * step, Parquet keeps its types. Null when nothing is declared.
 */
export function declaredInputColumns({ source }: Pick<PipelineConfig, 'source'>): Column[] | null {
  if (source.columns === undefined) return null;
  const keepsTypes = source.files === undefined || (source.format ?? formatOfFile(source.files))?.type === 'parquet';
  return Object.entries(source.columns).map(([name, type]) => ({
    name,
    type: keepsTypes ? (type.replaceAll(' ', '') as ColumnType) : 'string',
    nullable: true,
  }));
}

import { formatOfFile } from '../config/format-of-file';
import type { PipelineConfig } from '../config/schema/pipeline';
import type { Column, ColumnType } from '../model/column';
import { declaredColumns } from '../model/declared-columns';

/**
 * The columns of the extracted rows as far as the pipeline declares them: texts arrive as text and are cast by the first
 * step, Parquet keeps its types. Null when nothing is declared.
 */
export function declaredInputColumns({ source }: Pick<PipelineConfig, 'source'>): Column[] | null {
  if (source.columns === undefined) return null;
  const { files, request, format } = source;
  const isText = files === undefined ? request !== undefined : (format ?? formatOfFile(files))?.type !== 'parquet';
  return declaredColumns(source).map(({ name, type }) => ({
    name,
    type: isText ? 'string' : (type.replaceAll(' ', '') as ColumnType),
    nullable: true,
  }));
}

import type { MaskConfig } from '../../config/schema/mask';
import { declaredColumns, type DeclaredColumn } from '../../model/declared-columns';
import type { Lineage } from './lineage/lineage-types';

/** The part of a source that gives columns their tags. */
export interface TaggedSource {
  readonly columns?: Readonly<Record<string, DeclaredColumn>> | undefined;
}

/** The columns that a mask step names, or finds by tag, by their names at this point. */
export function maskColumns(mask: MaskConfig, source: TaggedSource, lineage: Lineage): string[] {
  if (mask.columns !== undefined) {
    return mask.columns.map(
      (name) => lineage.columns.find((one) => one.name.toLowerCase() === name.toLowerCase())?.name ?? name,
    );
  }
  const tagged = taggedColumns(source, mask.tag ?? '');
  const spared = new Set(mask.except.map((name) => name.toLowerCase()));
  return lineage.columns
    .filter(({ name, sources }) => {
      return !spared.has(name.toLowerCase()) && sources.some((one) => tagged.has(one.toLowerCase()));
    })
    .map(({ name }) => name);
}

/** The source's columns with a tag, in lower case. */
export function taggedColumns(source: TaggedSource, tag: string): ReadonlySet<string> {
  const tagged = declaredColumns(source).filter(({ tags }) => tags.includes(tag));
  return new Set(tagged.map(({ name }) => name.toLowerCase()));
}

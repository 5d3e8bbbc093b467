import type { VerifyRule } from '../../config/schema/pipeline';

/** The columns that `verify` wants checksums of; `*` among them means all. */
export function checksumColumns(verify: readonly VerifyRule[]): string[] {
  const named = verify.flatMap((rule) => ('checksum' in rule ? (rule.checksum === '*' ? ['*'] : rule.checksum) : []));
  return [...new Set(named)];
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_PRICES, type Prices } from '../model/prices';
import { schemasOf } from './file-schemas';
import { parseLocated } from './parse-located';
import type { Problem } from './project';
import { MAX_FILE_BYTES, readYaml } from './yaml/read-yaml';

export const PRICES_FILE = 'prices.yaml';

export interface LoadedPrices {
  /** Those of the file; list prices where there is none, or one with errors. */
  readonly prices: Prices;
  /** `prices.yaml`, or `list prices`. */
  readonly source: string;
  readonly problems: readonly Problem[];
}

/** Reads `prices.yaml` of a pipelines folder. Never throws for what it holds. */
export function loadPrices(folder: string): LoadedPrices {
  const path = join(folder, PRICES_FILE);
  const listed = { prices: DEFAULT_PRICES, source: 'list prices' };
  if (!existsSync(path)) return { ...listed, problems: [] };
  const source = readFileSync(path, 'utf8').slice(0, MAX_FILE_BYTES);
  const { tree, problems } = readYaml(path, source);
  if (tree === null) return { ...listed, problems };
  const parsed = parseLocated(tree, schemasOf('prices'));
  if (parsed.value === null) return { ...listed, problems: parsed.problems };
  return { prices: parsed.value, source: PRICES_FILE, problems: [] };
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderCatalogue } from './render-catalogue';

/** Writes `docs/metrics.md`. */
const file = join(__dirname, '..', '..', '..', 'docs', 'metrics.md');
writeFileSync(file, renderCatalogue());
process.stdout.write(`Wrote ${file}\n`);

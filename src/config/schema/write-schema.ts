import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemaText } from '../json-schema';
import { fillReferenceTables } from '../reference-tables';

/** Writes what follows from the schemas: `pipelines/schema.json`, and the tables of keys in `docs/pipelines.md`. */
const root = join(__dirname, '..', '..', '..');
const docs = join(root, 'docs', 'pipelines.md');
write(join(root, 'pipelines', 'schema.json'), jsonSchemaText());
write(docs, fillReferenceTables(readFileSync(docs, 'utf8')));

function write(file: string, text: string): void {
  writeFileSync(file, text);
  process.stdout.write(`Wrote ${file}\n`);
}

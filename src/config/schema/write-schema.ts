import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemaText } from '../json-schema';
import { fillReferenceTables } from '../reference-tables';

/** Writes what follows from the schemas: `pipelines/schema.json`, and the tables of keys in the documents. */
const root = join(__dirname, '..', '..', '..');
write(join(root, 'pipelines', 'schema.json'), jsonSchemaText());
for (const page of ['pipelines.md', 'alerts.md']) {
  const docs = join(root, 'docs', page);
  write(docs, fillReferenceTables(readFileSync(docs, 'utf8')));
}

function write(file: string, text: string): void {
  writeFileSync(file, text);
  process.stdout.write(`Wrote ${file}\n`);
}

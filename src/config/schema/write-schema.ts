import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemaText } from '../json-schema';

/** Writes `pipelines/schema.json` of the folder that holds `dist`. */
const file = join(__dirname, '..', '..', '..', 'pipelines', 'schema.json');
writeFileSync(file, jsonSchemaText());
process.stdout.write(`Wrote ${file}\n`);

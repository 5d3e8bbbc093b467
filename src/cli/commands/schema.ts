import { jsonSchemaText } from '../../config/json-schema';
import type { Command } from '../cli-context';
import { parseProjectArguments } from '../parse-arguments';

/** `sluice schema`: the JSON Schema of a pipelines folder's files. */
export const schema: Command = {
  name: 'schema',
  summary: 'print the JSON Schema with which editors check pipeline files',
  help: `sluice schema

Prints the JSON Schema of pipelines, connections, alerts and overlays. Save it as schema.json beside the pipelines, and begin each
file with: # yaml-language-server: $schema=./schema.json

  -h, --help             this text
`,
  async run(context) {
    parseProjectArguments(context.args, 0);
    context.out(jsonSchemaText());
    return 0;
  },
};

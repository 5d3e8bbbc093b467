import { Document, isMap, isPair, isScalar, isSeq, visit, type YAMLMap, type YAMLSeq } from 'yaml';

/**
 * Writes a value as YAML for people: comment lines first, blocks outside, and one line for what is small or lies deep. Every text that
 * YAML would read as something else is quoted.
 */
export function writeYaml(value: object, comments: readonly string[]): string {
  const document = new Document(value, { version: '1.2' });
  visit(document, {
    Collection(_, node, path) {
      const parents = path.filter((parent) => isMap(parent) || isSeq(parent));
      node.flow = inOneLine(node, parents.length, isSeq(parents.at(-1)));
    },
  });
  const head = comments.map((line) => `# ${line}\n`).join('');
  return head + document.toString({ lineWidth: 150, singleQuote: true, flowCollectionPadding: true });
}

function inOneLine(node: YAMLMap | YAMLSeq, depth: number, isItem: boolean): boolean {
  if (depth === 0 || (isItem && depth < 3)) return false;
  const values = node.items.map((item) => (isPair(item) ? item.value : item));
  const isSmall = node.items.length <= 2 && values.every((one) => isScalar(one));
  return isSmall || depth > 3 || (depth === 3 && (isSeq(node) || node.items.length <= 4));
}

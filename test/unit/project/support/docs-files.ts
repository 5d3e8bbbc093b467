/** The files that the docs show: a name in backticks and a colon, then the content in a fence. */
export function docsFiles(markdown: string): Record<string, string> {
  const found = [...markdown.matchAll(/^`([\w/-]+\.csv)`:\n\n```csv\n([\s\S]*?)^```$/gm)];
  return Object.fromEntries(found.map(([, name = '', content = '']) => [name, content]));
}

/** What is wrong with a glob such as `flights/*.parquet`; undefined when nothing is. */
export function globFault(glob: string): { readonly message: string; readonly fix: string } | undefined {
  const fix = 'Write a path inside the container, such as flights/*.parquet; * is any part of a name, ** any folders.';
  if (glob.startsWith('/')) return { message: `'${glob}' begins with a slash`, fix };
  if (glob.includes('\\')) return { message: `'${glob}' holds a backslash`, fix };
  if (/(^|\/)\.\.?(\/|$)/.test(glob)) return { message: `'${glob}' leaves its folder`, fix };
  if (glob.includes('//') || glob.endsWith('/')) return { message: `'${glob}' names a folder, not files`, fix };
  if (/\*\*(?=[^/])|[^/]\*\*/.test(glob)) return { message: `'${glob}' has ** beside other characters`, fix };
  if (!isBalanced(glob)) return { message: `'${glob}' has brackets that do not match`, fix };
  return undefined;
}

function isBalanced(glob: string): boolean {
  let open = '';
  for (const character of glob) {
    if (character === '{' || character === '[') {
      if (open !== '') return false;
      open = character;
    } else if (character === '}' || character === ']') {
      if (open !== (character === '}' ? '{' : '[')) return false;
      open = '';
    }
  }
  return open === '';
}

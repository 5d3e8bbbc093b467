import type { ComponentChildren } from 'preact';
import { linkTo } from '../router';

/** The part of Markdown that runbooks are written in: headings, paragraphs, lists, code, tables, emphasis and links. */
export function Markdown({ text }: { readonly text: string }) {
  return <div class="prose">{blocksOf(text).map((block, index) => renderBlock(block, index))}</div>;
}

type Block = { readonly kind: 'heading' | 'text' | 'code' | 'list' | 'table'; readonly lines: readonly string[] };

function blocksOf(text: string): Block[] {
  const blocks: { readonly kind: Block['kind']; readonly lines: string[] }[] = [];
  let isOpen = false;
  for (const line of text.split('\n')) {
    const last = isOpen ? blocks.at(-1) : undefined;
    if (line.trim() === '' && last?.kind !== 'code') {
      isOpen = false;
      continue;
    }
    const kind = kindOf(line, last?.kind);
    if (last?.kind === kind && kind !== 'heading') last.lines.push(line);
    else blocks.push({ kind, lines: [line] });
    isOpen = true;
  }
  return blocks;
}

function kindOf(line: string, before: Block['kind'] | undefined): Block['kind'] {
  if (before === 'list' && /^ {2,}/.test(line)) return 'list';
  if (/^ {4}/.test(line) || (before === 'code' && line.trim() === '')) return 'code';
  if (/^#{1,4} /.test(line)) return 'heading';
  if (/^([-*]|\d+\.) /.test(line)) return 'list';
  return line.startsWith('|') ? 'table' : 'text';
}

function renderBlock({ kind, lines }: Block, key: number): ComponentChildren {
  const [first = ''] = lines;
  switch (kind) {
    case 'heading': {
      const words = inline(first.replace(/^#+ /, ''));
      return first.startsWith('# ') ? null : <h2 key={key}>{words}</h2>;
    }
    case 'code':
      return (
        <pre key={key}>
          {lines
            .map((line) => line.slice(4))
            .join('\n')
            .trimEnd()}
        </pre>
      );
    case 'list': {
      const items = itemsOf(lines).map((item, index) => <li key={index}>{inline(item)}</li>);
      return /^\d/.test(first) ? <ol key={key}>{items}</ol> : <ul key={key}>{items}</ul>;
    }
    case 'table':
      return renderTable(lines, key);
    case 'text':
      return <p key={key}>{inline(lines.join(' '))}</p>;
  }
}

function itemsOf(lines: readonly string[]): string[] {
  const items: string[] = [];
  for (const line of lines) {
    const begun = /^(?:[-*]|\d+\.) (.*)$/.exec(line)?.[1];
    if (begun === undefined) items.push(`${items.pop() ?? ''} ${line.trim()}`);
    else items.push(begun);
  }
  return items;
}

function renderTable(lines: readonly string[], key: number): ComponentChildren {
  const cells = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const [head = '', , ...rows] = lines;
  return (
    <div class="table" key={key} role="group" aria-label="Table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {cells(head).map((cell, index) => (
              <th key={index} scope="col">
                {inline(cell)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {cells(row).map((cell, place) => (
                <td key={place}>{inline(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const INLINE = /(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([^)]+\))/;

function inline(text: string): ComponentChildren {
  return text.split(INLINE).map((part, index) => {
    if (/^`[^`]+`$/.test(part)) return <code key={index}>{part.slice(1, -1)}</code>;
    if (/^\*\*[^*]+\*\*$/.test(part)) return <strong key={index}>{part.slice(2, -2)}</strong>;
    const [, words = '', target = ''] = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part) ?? [];
    if (words === '') return part;
    const code = /^([a-z][a-z0-9-]*)\.md$/.exec(target)?.[1];
    // Pages outside the runbooks are not served by the app.
    return code === undefined ? (
      inline(words)
    ) : (
      <a key={index} href={linkTo(['runbooks', code])}>
        {inline(words)}
      </a>
    );
  });
}

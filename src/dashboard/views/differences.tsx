import type { Version } from '../api/types';
import { Table } from '../ui/table';

type Difference = Version['changes']['differences'][number];

/** What one definition says otherwise than another, place by place. */
export function Differences({
  title,
  differences,
  count,
}: {
  readonly title: string;
  readonly differences: readonly Difference[];
  readonly count: number;
}) {
  if (count === 0) return null;
  return (
    <details>
      <summary>
        {title}: {count} {count === 1 ? 'place' : 'places'}
      </summary>
      <Table
        caption={title}
        rows={differences}
        keyOf={({ path }) => path}
        columns={[
          { heading: 'Where', cell: ({ path }) => <code>{path}</code> },
          { heading: 'Change', cell: ({ change }) => change },
          { heading: 'Before', cell: ({ before }) => <code>{textOf(before)}</code> },
          { heading: 'After', cell: ({ after }) => <code>{textOf(after)}</code> },
        ]}
      />
    </details>
  );
}

function textOf(value: unknown): string {
  return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}

import type { Counts } from '../api/types';
import { formatCount, formatShare } from '../format';

const ROW = 46;
const LEAST = 2;

interface Stream {
  readonly name: string;
  readonly rows: number;
  readonly tone: string;
}

/** The ledger of rows as a flow: what was read on the left, what became of it on the right. The words say it all; the drawing is beside them. */
export function Flow({ counts, ended }: { readonly counts: Counts; readonly ended: boolean }) {
  const whole = counts.read + counts.generated;
  const out: readonly Stream[] = [
    { name: 'Loaded', rows: counts.loaded, tone: 'good' },
    { name: 'Quarantined', rows: counts.quarantined, tone: 'bad' },
    { name: 'Filtered', rows: counts.filtered, tone: 'quiet' },
    { name: 'Deduplicated', rows: counts.deduplicated, tone: 'quiet' },
    { name: 'Collapsed', rows: counts.collapsed, tone: 'quiet' },
  ].filter(({ name, rows }) => rows > 0 || name === 'Loaded' || name === 'Quarantined');
  const accounted = out.reduce((sum, { rows }) => sum + rows, 0);
  const shown =
    whole > accounted
      ? [
          ...out,
          { name: ended ? 'Not published' : 'Under way', rows: whole - accounted, tone: ended ? 'quiet' : 'busy' },
        ]
      : out;
  const height = shown.length * ROW;
  return (
    <div class="flow">
      <dl class="flow-in">
        <div>
          <dt>Read</dt>
          <dd>{formatCount(counts.read)}</dd>
        </div>
        {counts.generated > 0 && (
          <div>
            <dt>Generated</dt>
            <dd>{formatCount(counts.generated)}</dd>
          </div>
        )}
      </dl>
      <svg viewBox={`0 0 100 ${height}`} height={height} preserveAspectRatio="none" aria-hidden="true">
        {ribbonsOf(shown, Math.max(whole, accounted), height).map(({ path, tone }) => (
          <path key={path} d={path} class={`ribbon tone-${tone}`} />
        ))}
      </svg>
      <dl class="flow-out">
        {shown.map(({ name, rows, tone }) => (
          <div key={name} class={`tone-${tone}`}>
            <dt>{name}</dt>
            <dd>
              {formatCount(rows)} <span class="soft">{formatShare(rows, whole)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Bands from one stem on the left to the middle of each row on the right, as thick as their share. */
function ribbonsOf(streams: readonly Stream[], whole: number, height: number) {
  const most = height * 0.62;
  const thickness = ({ rows }: Stream): number =>
    rows === 0 || whole === 0 ? 0 : Math.max(LEAST, (rows / whole) * most);
  const total = streams.reduce((sum, stream) => sum + thickness(stream), 0);
  let top = (height - total) / 2;
  return streams.flatMap((stream, index) => {
    const size = thickness(stream);
    if (size === 0) return [];
    const right = Math.min(size, ROW * 0.78);
    const middle = index * ROW + ROW / 2;
    const [above, below] = [middle - right / 2, middle + right / 2];
    const path = `M0 ${top} C50 ${top} 50 ${above} 100 ${above} L100 ${below} C50 ${below} 50 ${top + size} 0 ${top + size} Z`;
    top += size;
    return [{ path, tone: stream.tone }];
  });
}

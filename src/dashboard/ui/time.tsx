import { formatAgo, formatTime, zoneName } from '../format';

/** A time in the zone that is chosen; the zone stands in the heading of its column or in the header of the page, and in the tip. */
export function Time({ at, ago = false }: { readonly at: string | null; readonly ago?: boolean }) {
  if (at === null) return <span class="soft">not yet</span>;
  const exact = `${formatTime(at)} ${zoneName()}`;
  return (
    <time dateTime={at} title={`${exact} (${at})`}>
      {ago ? formatAgo(at) : formatTime(at)}
    </time>
  );
}

import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatDay } from '../format';

/** Runs that the axis names at most. */
const LABELS = 4;

/** One point of a series over runs. */
export interface TrendPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly value: number | null;
  /** Between these it would have been expected. */
  readonly lower?: number | null;
  readonly upper?: number | null;
}

const HEIGHT = 180;

/** Values over time, with the band that was expected. Whoever does not see it has the table beside it. */
export function TrendChart({ points, label }: { readonly points: readonly TrendPoint[]; readonly label: string }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    let chart = draw(target, points, label);
    const redraw = (): void => {
      chart.destroy();
      chart = draw(target, points, label);
    };
    const resize = new ResizeObserver(() => chart.setSize({ width: target.clientWidth, height: HEIGHT }));
    resize.observe(target);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', redraw);
    return () => {
      resize.disconnect();
      dark.removeEventListener('change', redraw);
      chart.destroy();
    };
  }, [points, label]);
  return <div class="chart" ref={element} aria-hidden="true" />;
}

function draw(target: HTMLElement, points: readonly TrendPoint[], label: string): uPlot {
  const style = getComputedStyle(document.documentElement);
  // Colours of the theme, as the canvas takes them: the browser works light-dark() out.
  const colour = (name: string): string => {
    const probe = document.createElement('span');
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  };
  const [line, soft, grid, band] = [colour('--accent'), colour('--soft'), colour('--line'), colour('--accent-ground')];
  const font = `12px ${style.fontFamily}`;
  const column = (pick: (point: TrendPoint) => number | null | undefined): (number | null)[] =>
    points.map((point) => pick(point) ?? null);
  const axis = { stroke: soft, font, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
  return new uPlot(
    {
      width: target.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { drag: { x: false, y: false } },
      // Run by run: in a day without runs nothing is to be seen.
      scales: {
        x: { time: false, range: [-0.5, Math.max(0.5, points.length - 0.5)] },
        y: { range: (_, least, most) => [Math.min(0, least), most <= 0 ? 1 : most * 1.12] },
      },
      axes: [
        {
          ...axis,
          splits: () => labelled(points.length),
          values: (_, ticks) => ticks.map((tick) => formatDay(points[tick]?.at ?? 0)),
        },
        {
          ...axis,
          size: 64,
          values: (_, ticks) => ticks.map((tick) => new Intl.NumberFormat('en', { notation: 'compact' }).format(tick)),
        },
      ],
      bands: [{ series: [3, 2], fill: band }],
      series: [
        {},
        { label, stroke: line, width: 2, points: { show: true, size: 7, fill: line } },
        { label: 'lower', stroke: 'transparent', points: { show: false } },
        { label: 'upper', stroke: 'transparent', points: { show: false } },
      ],
    },
    [
      points.map((_, index) => index),
      column(({ value }) => value),
      column(({ lower }) => lower),
      column(({ upper }) => upper),
    ],
    target,
  );
}

/** The places of the runs that the axis names: spread evenly, the newest among them. */
function labelled(count: number): number[] {
  const step = Math.max(1, Math.ceil(count / LABELS));
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => count - 1 - index * step).toReversed();
}

/** Lines over the same logarithmic or linear axis; one point for each x, NaN where there is none. */
export interface LinePlot {
  readonly title: string;
  readonly x: { readonly label: string; readonly values: readonly number[]; readonly logarithmic?: boolean };
  readonly y: { readonly label: string; readonly logarithmic?: boolean };
  readonly lines: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** Horizontal bars, each made of parts that follow each other. */
export interface BarPlot {
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly {
    readonly name: string;
    readonly parts: readonly { readonly name: string; readonly value: number }[];
  }[];
}

const WIDTH = 760;
/** Told apart in light and dark, and by people who do not see red and green: the palette of Okabe and Ito. */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#999999', '#b5a900'];
const STYLE = `<style>
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600; font-size: 15px }
  .grid { stroke: #d0d7de; stroke-width: 1 }
  .back { fill: #ffffff }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .grid { stroke: #3d444d } .back { fill: #0d1117 } }
</style>`;

/** An SVG of its own, readable in light and dark. */
export function renderLines({ title, x, y, lines }: LinePlot): string {
  const height = 400;
  const box = { left: 76, right: WIDTH - 190, top: 44, bottom: height - 52 };
  const all = lines.flatMap(({ values }) => values.filter(Number.isFinite));
  const xScale = scale(x.values, box.left, box.right, x.logarithmic === true);
  const yValues = y.logarithmic === true ? all : [0, ...all];
  const yScale = scale(yValues, box.bottom, box.top, y.logarithmic === true);
  const parts = [text(box.left, 24, title, 'title')];
  for (const tick of ticks(yValues, y.logarithmic === true)) {
    const at = yScale(tick);
    parts.push(`<line class="grid" x1="${box.left}" y1="${at}" x2="${box.right}" y2="${at}"/>`);
    parts.push(text(box.left - 8, at + 4, shown(tick), undefined, 'end'));
  }
  for (const value of x.values) parts.push(text(xScale(value), box.bottom + 20, shown(value), undefined, 'middle'));
  parts.push(text((box.left + box.right) / 2, height - 10, x.label, undefined, 'middle'));
  parts.push(
    `<text transform="translate(16 ${(box.top + box.bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(y.label)}</text>`,
  );
  for (const [index, { name, values }] of lines.entries()) {
    const colour = COLOURS[index % COLOURS.length]!;
    const points = values.flatMap((value, at): [number, number][] =>
      Number.isFinite(value) ? [[xScale(x.values[at] ?? 0), yScale(value)]] : [],
    );
    parts.push(
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.map((point) => point.join(',')).join(' ')}"/>`,
    );
    for (const [left, top] of points) parts.push(`<circle cx="${left}" cy="${top}" r="4" fill="${colour}"/>`);
    const row = box.top + 12 + index * 22;
    parts.push(
      `<rect x="${box.right + 18}" y="${row - 10}" width="12" height="12" fill="${colour}"/>`,
      text(box.right + 36, row, name),
    );
  }
  return svg(height, parts);
}

/** An SVG of its own, readable in light and dark. */
export function renderBars({ title, unit, bars }: BarPlot): string {
  const names = [...new Set(bars.flatMap(({ parts }) => parts.map(({ name }) => name)))];
  const rows = Math.ceil(names.length / 5);
  const height = 60 + rows * 24 + bars.length * 34;
  const most = Math.max(...bars.map(({ parts }) => sumOf(parts)));
  const left = 190;
  const parts = [text(16, 24, title, 'title')];
  for (const [index, name] of names.entries()) {
    const [at, top] = [16 + (index % 5) * 146, 48 + Math.floor(index / 5) * 22];
    parts.push(
      `<rect x="${at}" y="${top - 10}" width="12" height="12" fill="${COLOURS[index % COLOURS.length]}"/>`,
      text(at + 18, top, name),
    );
  }
  for (const [index, bar] of bars.entries()) {
    const top = 50 + rows * 24 + index * 34;
    parts.push(text(left - 10, top + 15, bar.name, undefined, 'end'));
    let at = left;
    for (const { name, value } of bar.parts) {
      const width = (value / most) * (WIDTH - left - 90);
      parts.push(
        `<rect x="${round(at)}" y="${top}" width="${round(width)}" height="20" fill="${COLOURS[names.indexOf(name) % COLOURS.length]}"><title>${escaped(name)}: ${shown(value)} ${unit}</title></rect>`,
      );
      at += width;
    }
    parts.push(text(at + 8, top + 15, `${shown(sumOf(bar.parts))} ${unit}`));
  }
  return svg(height, parts);
}

function svg(height: number, parts: readonly string[]): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`;
  return [head, STYLE, `<rect class="back" width="${WIDTH}" height="${height}" rx="6"/>`, ...parts, '</svg>', ''].join(
    '\n',
  );
}

function scale(values: readonly number[], from: number, to: number, logarithmic: boolean): (value: number) => number {
  const of = (value: number): number => (logarithmic ? Math.log10(value) : value);
  const [least, most] = [Math.min(...values.map(of)), Math.max(...values.map(of))];
  const [low, high] = logarithmic ? [least, most] : [least, least + (most - least) * 1.08];
  return (value) => round(high === low ? (from + to) / 2 : from + ((of(value) - low) / (high - low)) * (to - from));
}

function ticks(values: readonly number[], logarithmic: boolean): number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (logarithmic) {
    const first = Math.floor(Math.log10(least));
    const powers = Array.from({ length: Math.ceil(Math.log10(most)) - first + 1 }, (_, index) => 10 ** (first + index));
    return powers.flatMap((power) => [power, 2 * power, 5 * power]).filter((tick) => tick >= least && tick <= most);
  }
  const step =
    [1, 2, 5, 10].map((digit) => digit * 10 ** Math.floor(Math.log10(most / 5))).find((one) => most / one <= 6) ?? most;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}

function sumOf(parts: readonly { readonly value: number }[]): number {
  return parts.reduce((sum, { value }) => sum + value, 0);
}

function text(x: number, y: number, content: string, kind?: string, anchor?: string): string {
  const more = `${kind === undefined ? '' : ` class="${kind}"`}${anchor === undefined ? '' : ` text-anchor="${anchor}"`}`;
  return `<text x="${round(x)}" y="${round(y)}"${more}>${escaped(content)}</text>`;
}

function shown(value: number): string {
  if (value >= 1_000_000) return `${Number((value / 1_000_000).toFixed(1))} M`;
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

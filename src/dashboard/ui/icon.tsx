/** Shapes in a box of 16; strokes take the colour of the text. */
const SHAPES = {
  failed: 'M5 5l6 6M11 5l-6 6',
  succeeded: 'M3.5 8.5l3 3 6-7',
  progress: 'M8 3.5v5l3 2',
  queued: 'M4 8h.01M8 8h.01M12 8h.01',
  cancelled: 'M4 8h8',
  skipped: 'M4 4l4 4-4 4M9 4l4 4-4 4',
  warning: 'M8 4.5v4M8 11.5h.01',
  paused: 'M6 4v8M10 4v8',
  play: 'M5.5 3.5l7 4.5-7 4.5z',
  again: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3',
  undo: 'M6 4L3 7l3 3M3 7h6.5a3.5 3.5 0 0 1 0 7H7',
  menu: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  home: 'M2.5 8L8 3l5.5 5M4 7v6h8V7',
  runs: 'M3 4h10M3 8h7M3 12h9',
  graph: 'M4 4h.01M4 12h.01M12 8h.01M5 4.5l6 3M5 11.5l6-3',
  quality: 'M2.5 11l3-4 3 2.5L13.5 4',
  quarantine: 'M3 3h10v10H3zM3 8h10',
  breaker: 'M8 2v4M8 10v4M5 6l6 4',
  calendar: 'M3 4h10v9H3zM3 7h10M6 2.5v3M10 2.5v3',
  bell: 'M4 11V7a4 4 0 0 1 8 0v4l1 1H3zM7 14h2',
  versions: 'M5 3v10M5 8h4a2 2 0 0 0 2-2V3',
  cost: 'M8 2.5v11M11 5c-1-1.3-5.5-1.5-5.5 1S11 8 11 10.500 6.500 12.500 5 11',
  book: 'M3 3.500h4.500v9.500H3zM8.500 3.500H13v9.500H8.500z',
  edit: 'M3 13l.5-3L11 2.500 13.500 5 6 12.500z',
  up: 'M8 13V3M4 7l4-4 4 4',
} as const;
export type IconName = keyof typeof SHAPES;

/** A small drawing beside a text that says the same. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}

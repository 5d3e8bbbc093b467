import { signal } from '@preact/signals';

const said = signal<{ readonly text: string; readonly turn: number }>({ text: '', turn: 0 });
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says something to everybody, also to those who hear the page. */
export function announce(text: string): void {
  said.value = { text, turn: said.value.turn + 1 };
  clearTimeout(timer);
  timer = setTimeout(() => {
    said.value = { ...said.value, text: '' };
  }, 8000);
}

/** Where it is said. */
export function Announcements() {
  const { text } = said.value;
  return (
    <div class={`announcement${text === '' ? '' : ' shown'}`} role="status" aria-live="polite">
      {text}
    </div>
  );
}

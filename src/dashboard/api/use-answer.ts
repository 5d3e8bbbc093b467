import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ask, problemOf } from './client';
import type { Problem } from './types';

/** What the API answers to a GET, asked again from time to time. */
export interface Answer<T> {
  readonly value: T | undefined;
  readonly problem: Problem | null;
  /** Nothing has come yet. */
  readonly waiting: boolean;
  readonly reload: () => void;
}

/**
 * Asks for a path and keeps what came. `every` says after how many milliseconds it is asked again, null for never; a page that nobody sees asks
 * nothing. A null path asks nothing. What was there stays while the next answer is on its way, and when it fails.
 */
export function useAnswer<T>(
  path: string | null,
  every: (value: T | undefined) => number | null = () => null,
): Answer<T> {
  const [state, setState] = useState<{ path: string | null; value?: T; problem: Problem | null }>({
    path: null,
    problem: null,
  });
  const [turn, setTurn] = useState(0);
  const interval = useRef(every);
  interval.current = every;
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      let latest: T | undefined;
      try {
        latest = await ask<T>('GET', path, undefined, abort.signal);
        const value = latest;
        setState({ path, value, problem: null });
      } catch (error) {
        if (abort.signal.aborted) return;
        setState((before) => ({ ...(before.path === path ? before : { path }), problem: problemOf(error) }));
      }
      if (abort.signal.aborted) return;
      const wait = interval.current(latest);
      if (wait !== null) timer = setTimeout(again, wait);
    };
    const again = (): void => {
      if (document.hidden) document.addEventListener('visibilitychange', again, { once: true });
      else void look();
    };
    void look();
    return () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', again);
    };
  }, [path, turn]);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const current = state.path === path ? state : { problem: null };
  const value = 'value' in current ? current.value : undefined;
  return {
    value,
    problem: current.problem,
    waiting: path !== null && value === undefined && current.problem === null,
    reload,
  };
}

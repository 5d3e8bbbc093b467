import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 500;

/** Asks again and again until the answer is the one that is waited for. */
export async function pollUntil<T>(ask: () => Promise<T>, isDone: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isDone(answer)) return answer;
    await sleep(POLL_MS);
  }
}

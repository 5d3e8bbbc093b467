import type { ComponentChildren } from 'preact';
import type { Answer } from '../api/use-answer';
import { ProblemNote } from './problem-note';

/** What an answer holds once it is there; until then that it is awaited, or why it does not come. */
export function Loaded<T>({
  answer,
  children,
}: {
  readonly answer: Answer<T>;
  readonly children: (value: T) => ComponentChildren;
}) {
  const { value, problem, reload } = answer;
  return (
    <>
      {problem !== null && <ProblemNote problem={problem} retry={reload} />}
      {value === undefined ? problem === null && <p class="soft waiting">Loading …</p> : children(value)}
    </>
  );
}

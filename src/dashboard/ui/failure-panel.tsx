import type { Failure } from '../api/types';
import { linkTo } from '../router';
import { CLASS_WORDS, DATA_STATE_WORDS } from '../words';
import { Icon } from './icon';
import { Facts } from './section';

/** A failure, so that whoever reads it at night knows what happened, what state the data is in, and what to do. */
export function FailurePanel({ failure }: { readonly failure: Failure }) {
  const { message, causes, dataState, nextAction, code, pipeline, step, partition, connection } = failure;
  const where = [pipeline, step, partition === undefined ? undefined : `partition ${partition}`].filter(
    (part) => part !== undefined,
  );
  return (
    <section class="failure" aria-label={`Failure${pipeline === undefined ? '' : ` of ${pipeline}`}`}>
      <p class="failure-where">
        <Icon name="failed" />
        {where.length === 0 ? 'The run failed' : `Failed in ${where.join(' / ')}`}
      </p>
      <p class="failure-message">{message}</p>
      {causes.length > 0 && (
        <ul class="causes">
          {causes.map((cause) => (
            <li key={cause}>because {cause}</li>
          ))}
        </ul>
      )}
      <Facts
        facts={[
          ['What to do', <strong>{nextAction}</strong>],
          ['State of the data', DATA_STATE_WORDS[dataState]],
          ['Kind', CLASS_WORDS[failure.class]],
          ...(connection === undefined
            ? []
            : ([['Connection', <a href={linkTo(['breakers'])}>{connection}</a>]] as const)),
          [
            'Runbook',
            <span>
              <Icon name="book" /> <a href={linkTo(['runbooks', code])}>{code}</a>
            </span>,
          ],
        ]}
      />
    </section>
  );
}

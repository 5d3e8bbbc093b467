import { z } from 'zod';
import type { ConnectionTest } from '../../../../model/connection-test';
import { failure, time } from './common';

const named = { connection: z.string(), kind: z.string(), policy: z.looseObject({}).describe('As the YAML has it.') };

export const breakersList = z.strictObject({
  breakers: z.array(
    z
      .discriminatedUnion('state', [
        z.strictObject({ ...named, state: z.literal('closed'), successes: z.int(), failures: z.int() }),
        z.strictObject({ ...named, state: z.literal('open'), openedAt: time, until: time, reason: z.string() }),
        z.strictObject({
          ...named,
          state: z.literal('half-open'),
          openedAt: time,
          probe: z.string().nullable().describe('Who is trying the connection.'),
        }),
      ])
      .meta({ id: 'Breaker' }),
  ),
});
export const connectionTest = z
  .strictObject({
    connection: z.string(),
    kind: z.string(),
    works: z.boolean(),
    uses: z.array(
      z.strictObject({
        as: z.enum(['source', 'target']),
        works: z.boolean(),
        findings: z.array(z.string()),
        failure: failure.pick({ code: true, class: true, message: true, nextAction: true }).nullable(),
      }),
    ),
  })
  .meta({ id: 'ConnectionTest' }) satisfies z.ZodType<ConnectionTest>;

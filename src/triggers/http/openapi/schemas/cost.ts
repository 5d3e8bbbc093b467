import { z } from 'zod';

const slotsState = {
  used: z.int().describe('Slots that are held.'),
  held: z.array(
    z.strictObject({
      run: z.string(),
      holder: z.string().describe('The orchestration whose wave of partitions has them.'),
      slots: z.int(),
      expiresAt: z.iso.datetime(),
    }),
  ),
  waiting: z
    .array(z.strictObject({ run: z.string(), holder: z.string(), priority: z.enum(['high', 'normal', 'low']) }))
    .describe('In the order of their turns.'),
};

export const slotsList = z.strictObject({
  pool: z.strictObject({ slots: z.int().nullable().describe('Null: without a limit.'), ...slotsState }),
  connections: z.array(z.strictObject({ connection: z.string(), slots: z.int(), ...slotsState })),
});

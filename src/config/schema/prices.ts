import { z } from 'zod';
import { name } from './common';

const price = z.number().min(0).max(1_000_000);
const day = z.iso.date('a day is written 2026-11-01');

/** `prices.yaml`: what things cost, in place of the list prices that come with Sluice. */
export const prices = z.strictObject({
  date: day.describe('Day on which the prices held; costs show it, and warn when it is more than 180 days ago.'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'a currency has three letters, such as EUR')
    .describe('Three letters, such as EUR; all prices are in it.'),
  region: z.string().min(1).max(60).describe('The region of Azure that they hold for, such as westeurope.'),
  compute: z
    .strictObject({
      gigabyteSecond: price.describe('One GB of memory of an active instance, for one second.'),
      millionExecutions: price.describe('A million executions.'),
    })
    .describe('The plan of the function app.'),
  blobOperations: z
    .strictObject({
      write: price.describe('Writing, such as Put Blob and Put Block.'),
      list: price.describe('Listing, and making containers.'),
      read: price.describe('Reading.'),
      other: price.describe('All others but deleting, which is free.'),
    })
    .describe('10,000 requests to Blob storage.'),
  tableOperations: price.describe('10,000 requests to Table storage.'),
  blobStorage: z
    .strictObject({
      hot: price.describe('Hot tier.'),
      cool: price.describe('Cool tier.'),
      cold: price.describe('Cold tier.'),
      archive: price.describe('Archive tier.'),
    })
    .describe('One GB kept for a month.'),
  databaseHour: z
    .strictObject({
      default: price.describe('Servers that are not named.'),
      connections: z.record(name, price).default({}).describe('Servers by the name of their connection.'),
    })
    .describe('One hour of a database server; a run pays for the time in which it has the server open.'),
  egress: z
    .strictObject({
      internet: price.describe('One GB to the internet.'),
      otherRegion: price.describe('One GB to another region.'),
      connections: z
        .record(name, z.enum(['internet', 'otherRegion']))
        .default({})
        .describe(
          'Where connections are; those that are not named are in the region of the app, where nothing is charged.',
        ),
    })
    .describe('Bytes that are sent out of the region.'),
});

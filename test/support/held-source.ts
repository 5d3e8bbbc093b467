import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web API whose answers wait until they are let go: for runs that are under way for as long as a test wants. */
export interface HeldSource {
  readonly baseUrl: string;
  /** Answers what waits, and from now on everything. */
  release(): void;
  close(): Promise<void>;
}

/** Starts one that has two rows. */
export async function startHeldSource(): Promise<HeldSource> {
  const waiting: ServerResponse[] = [];
  let isHeld = true;
  const answer = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify([{ id: 1 }, { id: 2 }]));
  };
  const server = createServer((_request, response) => {
    if (isHeld) waiting.push(response);
    else answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    release: () => {
      isHeld = false;
      for (const response of waiting.splice(0)) answer(response);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

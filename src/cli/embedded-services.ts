import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Embedded services that were started for one command. */
export interface EmbeddedServices {
  /** Settings that name them. */
  readonly values: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * Starts the embedded Azurite and PostgreSQL on the data that the demo left, as a process of its own that ends with this one.
 * Null where that is not possible: in a deployed app, before the first demo, or while the embedded host is running.
 */
export async function startEmbeddedServices(
  appFolder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<EmbeddedServices | null> {
  const command = join(appFolder, 'dist', 'local', 'demo', 'services-command.js');
  if (!existsSync(command)) return null;
  const child = spawn(process.execPath, [command], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), exited.then(() => null)]);
  if (first === null) return null;
  const { Values: values } = JSON.parse(String(first[0])) as { readonly Values: Record<string, string> };
  return {
    values,
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}

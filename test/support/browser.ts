import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';

const named = process.env['CHROMIUM_PATH'];
const PLACES =
  named === undefined ? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'] : [named];
/** Where Chromium is on this machine; undefined where it is not. */
export const CHROMIUM = PLACES.find((place) => existsSync(place));

/**
 * `describe` where there is a browser. Where there is none the tests are skipped, and the reason is said; in continuous integration that
 * is a failure, since nobody would see the difference.
 */
export function describeInBrowser(name: string, tests: () => void): void {
  if (CHROMIUM !== undefined) return describe(name, tests);
  const reason = 'needs Chromium: apt-get install chromium, or CHROMIUM_PATH';
  if (process.env['CI'] === 'true') {
    test(`${name} ${reason}`, () => {
      throw new Error(`No browser was found at ${PLACES.join(', ')}: ${reason}.`);
    });
    return;
  }
  // Jest says nothing of a file whose tests are all skipped.
  process.stderr.write(`Skipped: ${name} ${reason}.\n`);
  describe.skip(name, tests);
}

/** A browser with a profile of its own, and what went wrong on its pages. */
export interface TestBrowser {
  readonly context: BrowserContext;
  /** Errors of scripts, of the console (a broken policy is one), and requests to anywhere but the app. */
  readonly faults: string[];
  close(): Promise<void>;
}

/** Starts a browser that may load pages of one origin alone. Call `close` in `afterAll`. */
export async function startBrowser(origin: string): Promise<TestBrowser> {
  const profile = await mkdtemp(path.join(os.tmpdir(), 'sluice-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    ...(CHROMIUM !== undefined && { executablePath: CHROMIUM }),
    headless: true,
    viewport: { width: 1280, height: 900 },
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
    reducedMotion: 'reduce',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });
  const faults: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error') faults.push(`${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => faults.push(String(error.error())));
  context.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) faults.push(`asked for ${request.url()}`);
  });
  return {
    context,
    faults,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

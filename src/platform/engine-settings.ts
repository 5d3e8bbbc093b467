import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { isInAzure, settingOf, type Environment } from './environment';

/** What one worker process gives to the row engine: `EngineLimits` of the engine. */
export interface EngineSettings {
  readonly memoryLimitBytes: number;
  readonly tempLimitBytes: number;
  readonly threads: number;
  readonly slots: number;
  readonly tempFolder: string;
}

const MB = 1024 ** 2;
/** The Node.js worker with its libraries, and the Functions host beside it. */
const BASE_MB = 400;
/** What a session takes beyond its limit: measured between 200 and 700 MB on 10 million rows. */
const OVERRUN_MB = 450;
const SMALLEST_MB = 128;
/** Flex Consumption has 0.8 GB of temporary storage at 2 GB of memory: three quarters of that are the engine's. */
const TEMP_SHARE_IN_AZURE = 0.3;
const TEMP_MB_ELSEWHERE = 16_384;

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most).optional();
const engineSchema = z.object({
  SLUICE_INSTANCE_MEMORY_MB: whole(512, 1_048_576),
  SLUICE_ENGINE_SLOTS: whole(1, 64),
  SLUICE_ENGINE_THREADS: whole(1, 256),
  SLUICE_TEMP_LIMIT_MB: whole(16, 16_777_216),
  SLUICE_TEMP_FOLDER: z.string().optional(),
});

/**
 * Shares an instance out among engine sessions:
 * `memory limit = (instance memory − base) / slots − overrun`, so that even when every session takes more than it was
 * allowed, as it may, the instance has enough. Base 400 MB, overrun 450 MB each, at least 128 MB. Settings:
 * `SLUICE_INSTANCE_MEMORY_MB` (default 2048 in Azure, else half of the machine's memory up to 8192),
 * `SLUICE_ENGINE_SLOTS` (default one for each 2048 MB, at most 4), `SLUICE_ENGINE_THREADS` (default: the processors, shared
 * among the slots), `SLUICE_TEMP_LIMIT_MB` for all slots together, `SLUICE_TEMP_FOLDER`. Faults are added to `faults`.
 */
export function engineSettings(env: Environment, faults: string[]): EngineSettings {
  const read = Object.fromEntries(Object.keys(engineSchema.shape).map((name) => [name, settingOf(env, name)]));
  const parsed = engineSchema.safeParse(read);
  if (!parsed.success) faults.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  const given: z.infer<typeof engineSchema> = parsed.success ? parsed.data : {};
  const azure = isInAzure(env);
  const instanceMb = given.SLUICE_INSTANCE_MEMORY_MB ?? (azure ? 2048 : halfOfMachineMb());
  const slots = given.SLUICE_ENGINE_SLOTS ?? Math.min(4, Math.max(1, Math.floor(instanceMb / 2048)));
  const memoryMb = Math.floor((instanceMb - BASE_MB) / slots - OVERRUN_MB);
  if (memoryMb < SMALLEST_MB && given.SLUICE_ENGINE_SLOTS !== undefined && slots > 1) {
    faults.push(
      `SLUICE_ENGINE_SLOTS: ${instanceMb} MB do not suffice for ${slots} sessions; each needs ${SMALLEST_MB + OVERRUN_MB} MB beside ${BASE_MB} MB`,
    );
  }
  const tempMb = given.SLUICE_TEMP_LIMIT_MB ?? (azure ? instanceMb * TEMP_SHARE_IN_AZURE : TEMP_MB_ELSEWHERE);
  return {
    memoryLimitBytes: Math.max(SMALLEST_MB, memoryMb) * MB,
    tempLimitBytes: Math.floor(tempMb / slots) * MB,
    threads: given.SLUICE_ENGINE_THREADS ?? Math.max(1, Math.floor(os.availableParallelism() / slots)),
    slots,
    tempFolder: path.resolve(given.SLUICE_TEMP_FOLDER ?? path.join(os.tmpdir(), 'sluice')),
  };
}

function halfOfMachineMb(): number {
  return Math.max(1024, Math.min(8192, Math.floor(os.totalmem() / MB / 2)));
}

import type { z } from 'zod';

/** The parts that the description of the API falls into. */
export const TAGS = {
  runs: 'Start, watch, cancel and take back runs.',
  pipelines: 'What is deployed, what its checks said, and steering it.',
  backfills: 'Taking a span of a source again.',
  quarantine: 'Reviewing rows that were kept out, and releasing them.',
  connections: 'What is on the other side, and whether it answers.',
  service: 'The app itself: health, this description, runbooks.',
  alerts: 'Who was told of what, and service levels.',
  versions: 'Definitions of pipelines over time, and who approved them.',
  cost: 'What runs cost, and what could be saved.',
} as const;
export type ApiTag = keyof typeof TAGS;

/** A route as `GET /api/openapi.json` describes it. The schemas of what is asked are those that the route parses with. */
export interface RouteDescription {
  readonly tag: ApiTag;
  /** A few words. */
  readonly summary: string;
  /** CommonMark. */
  readonly detail?: string;
  /** What each `{name}` of the address is. */
  readonly path?: Readonly<Record<string, z.ZodType>>;
  readonly query?: z.ZodObject;
  /** Request headers that it reads. */
  readonly headers?: Readonly<Record<string, z.ZodType>>;
  readonly body?: z.ZodType;
  readonly bodyExample?: unknown;
  readonly answer: RouteAnswer;
  /** Codes of problems that callers should expect; those that every route may answer are added. */
  readonly problems?: readonly string[];
}

export interface RouteAnswer {
  /** 200 when absent. */
  readonly status?: number;
  readonly means: string;
  /** Of a JSON body; absent where the body is of another type. */
  readonly schema?: z.ZodType;
  /** `application/json` when absent. */
  readonly contentType?: string;
  /** Names of response headers and what they say. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly example?: unknown;
}

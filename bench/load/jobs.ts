/** A request with the placeholders `{tail}` and `{index}` for the digits of an account and a message. */
export interface RequestTemplate {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string;
}

/** Closed loop over `concurrency` connections: each sends its next request after the previous response. */
export interface RunJob {
  readonly kind: 'run';
  readonly port: number;
  readonly request: RequestTemplate;
  /** Account digits of every request; null uses a different account each time. */
  readonly tail: string | null;
  readonly concurrency: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  /** Whether all correct responses have the same length. @default true */
  readonly sameLength?: boolean;
}

export interface RunResult {
  readonly requests: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  /** Number of responses that were not 200, incomplete, or of another length than the first. */
  readonly wrong: number;
}

/** Walks through a list, page by page. */
export interface WalkJob {
  readonly kind: 'walk';
  readonly port: number;
  /** `{after}` is replaced by the last page's end cursor in quotes, or null. */
  readonly request: RequestTemplate;
  readonly tail: string;
  /** Format of the response. */
  readonly shape: 'gateway' | 'mesh' | 'upstream';
  /** Whether to count only failed messages, because the server cannot filter. */
  readonly keepFailed: boolean;
  /** Maximum number of pages. @default no limit */
  readonly pages?: number;
}

export interface WalkResult {
  readonly requests: number;
  readonly rows: number;
  readonly distinct: number;
  readonly kept: number;
  readonly seconds: number;
  readonly problem: string | null;
}

export type Job = RunJob | WalkJob;

/** Messages of the load generator: start and end of the measurement, and its result. */
export type Reply =
  | { readonly kind: 'measuring' }
  | { readonly kind: 'measured' }
  | { readonly kind: 'run'; readonly result: RunResult }
  | { readonly kind: 'walk'; readonly result: WalkResult }
  | { readonly kind: 'failed'; readonly message: string };

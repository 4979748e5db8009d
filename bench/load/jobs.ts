/** A request with `{tail}` and `{index}` in the places where an account's and a message's digits belong. */
export interface RequestTemplate {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string;
}

/** Asks again and again over as many connections as `concurrency`, each waiting for its answer. */
export interface RunJob {
  readonly kind: 'run';
  readonly port: number;
  readonly request: RequestTemplate;
  /** The account every request names; null names another one each time. */
  readonly tail: string | null;
  readonly concurrency: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  /** False where right answers differ in length. @default true */
  readonly sameLength?: boolean;
}

export interface RunResult {
  readonly requests: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  /** Not 200, broken off, or not as long as the first answer. */
  readonly wrong: number;
}

/** Follows a list from its beginning to its end, one page behind the other. */
export interface WalkJob {
  readonly kind: 'walk';
  readonly port: number;
  /** `{after}` stands for the last page's end cursor, quoted, or null. */
  readonly request: RequestTemplate;
  readonly tail: string;
  /** Where nodes and cursor are in the answer. */
  readonly shape: 'gateway' | 'mesh' | 'upstream';
  /** Counts only messages that failed, where the server cannot. */
  readonly keepFailed: boolean;
  /** Ends earlier than the list. @default never */
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

/** What the load generator says: when it begins to count, when it ends, and what came of it. */
export type Reply =
  | { readonly kind: 'measuring' }
  | { readonly kind: 'measured' }
  | { readonly kind: 'run'; readonly result: RunResult }
  | { readonly kind: 'walk'; readonly result: WalkResult }
  | { readonly kind: 'failed'; readonly message: string };

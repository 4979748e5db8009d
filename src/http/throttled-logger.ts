import type { Logger } from '../log.ts';

export interface ThrottledLoggerOptions {
  /** Maximum lines per interval; the others are counted, and their number is logged at its end. */
  readonly max: number;
  readonly intervalMs: number;
}

/** Throttled logger for unauthenticated input. */
export function createThrottledLogger(
  log: Pick<Logger, 'info'>,
  message: string,
  { max, intervalMs }: ThrottledLoggerOptions = { max: 10, intervalMs: 10_000 },
) {
  let written = 0;
  let leftOut = 0;
  let timer: NodeJS.Timeout | undefined;

  function end(): void {
    if (leftOut > 0) log.info({ leftOut }, `${message}: more of them`);
    written = 0;
    leftOut = 0;
    timer = undefined;
  }

  return {
    write(fields: object): void {
      timer ??= setTimeout(end, intervalMs).unref();
      if (written < max) {
        written += 1;
        log.info(fields, message);
      } else {
        leftOut += 1;
      }
    },
    /** Logs the number of lines left out so far. */
    close(): void {
      clearTimeout(timer);
      end();
    },
  };
}

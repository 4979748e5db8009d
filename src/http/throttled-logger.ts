import type { Logger } from '../log.ts';

export interface ThrottledLoggerOptions {
  /** So many lines are written within `everyMs`; the others are counted, and their number is written after it. */
  readonly most: number;
  readonly everyMs: number;
}

/** Log lines that strangers can bring about, kept from filling the log. */
export interface ThrottledLogger {
  write(fields: object): void;
  /** Writes what is still to be said of those left out. */
  close(): void;
}

export function createThrottledLogger(
  log: Logger,
  message: string,
  { most, everyMs }: ThrottledLoggerOptions = { most: 10, everyMs: 10_000 },
): ThrottledLogger {
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
    write(fields) {
      timer ??= setTimeout(end, everyMs).unref();
      if (written < most) {
        written += 1;
        log.info(fields, message);
      } else {
        leftOut += 1;
      }
    },
    close() {
      clearTimeout(timer);
      end();
    },
  };
}

import type { Io } from './command.ts';
import type { Checkpoint } from './export-checkpoint.ts';
import type { Period } from './export-request.ts';

/** Shows how far an export is. */
export interface Progress {
  show(checkpoint: Checkpoint): void;
  [Symbol.dispose](): void;
}

const NONE: Progress = { show() {}, [Symbol.dispose]() {} };

/**
 * Shows a progress bar on stderr, if that is a terminal. How many messages there are is not known, so the bar and the
 * remaining time are those of the period: the export goes back from `until` to `since`. Without `since` it shows numbers only.
 */
export async function createProgress({ stderr }: Io, period: Period, startedAt: Date): Promise<Progress> {
  if (!stderr.isTTY) return NONE;
  const { default: progress } = await import('cli-progress');
  const until = Math.min(startedAt.getTime(), period.until?.getTime() ?? Number.POSITIVE_INFINITY);
  const length = period.since ? Math.max(1, until - period.since.getTime()) : 0;
  const rows = '{count} messages, back to {date}';
  const bar = new progress.SingleBar(
    {
      format: length > 0 ? `{bar} {percentage}% | ${rows} | {eta_formatted} left` : rows,
      stream: stderr as NodeJS.WriteStream,
      hideCursor: null,
      // Ctrl-C ends the process at once: the file can be continued.
      gracefulExit: false,
      etaBuffer: 50,
    },
    progress.Presets.shades_classic,
  );
  const texts = ({ count, oldest }: Checkpoint) => ({
    count: count.toLocaleString('en'),
    date: oldest?.slice(0, 10) ?? '…',
  });
  const progressOf = ({ oldest }: Checkpoint) =>
    Math.min(length, Math.max(0, until - (oldest ? Date.parse(oldest) : until)));
  let isStarted = false;
  return {
    show(checkpoint) {
      if (isStarted) bar.update(progressOf(checkpoint), texts(checkpoint));
      else bar.start(length, progressOf(checkpoint), texts(checkpoint));
      isStarted = true;
    },
    [Symbol.dispose]() {
      if (isStarted) bar.stop();
    },
  };
}

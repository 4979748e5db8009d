import type { CopyStatus } from '../admin/history.ts';
import type { Io } from './command.ts';

/** Shows how far a copy is. */
export interface HistoryProgress {
  show(status: CopyStatus): void;
  [Symbol.dispose](): void;
}

const NONE: HistoryProgress = { show() {}, [Symbol.dispose]() {} };

/** Shows a progress bar of slices on stderr, if that is a terminal. */
export async function createHistoryProgress({ stderr }: Io): Promise<HistoryProgress> {
  if (!stderr.isTTY) return NONE;
  const { default: progress } = await import('cli-progress');
  const bar = new progress.SingleBar(
    {
      format: '{bar} {percentage}% | {value} of {total} slices, {messages} messages | {left}',
      stream: stderr as NodeJS.WriteStream,
      hideCursor: null,
      // Ctrl-C ends the process at once: the gateway goes on copying.
      gracefulExit: false,
    },
    progress.Presets.shades_classic,
  );
  let isStarted = false;
  return {
    show(status) {
      const { slicesDone, slicesTotal, messages } = status;
      const texts = { messages: messages.toLocaleString('en'), left: leftText(status) };
      if (!isStarted) bar.start(slicesTotal, slicesDone, texts);
      isStarted = true;
      bar.setTotal(slicesTotal);
      bar.update(slicesDone, texts);
    },
    [Symbol.dispose]() {
      if (isStarted) bar.stop();
    },
  };
}

function leftText({ state, estimatedSecondsLeft, slicesTotal }: CopyStatus): string {
  if (state === 'FAILING') return 'a read failed; it is tried again';
  if (slicesTotal === 0) return 'waiting for a gateway to begin';
  return estimatedSecondsLeft === null ? 'remaining time not known' : `${estimatedSecondsLeft} s left`;
}

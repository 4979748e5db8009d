import { type Load, startLoad } from './load-process.ts';
import type { Cores } from './machine.ts';
import { startUpstream, type Upstream } from './upstream-process.ts';

/** What every measurement works with. */
export interface Bench {
  readonly cores: Cores | null;
  readonly upstream: Upstream;
  readonly load: Load;
  readonly quick: boolean;
  /** For the server under test, e.g. `--cpu-prof`. */
  readonly nodeArgs: readonly string[];
  say(line: string): void;
}

export async function openBench(
  cores: Cores | null,
  nodeArgs: readonly string[],
  quick: boolean,
  say: (line: string) => void,
): Promise<Bench & AsyncDisposable> {
  const upstream = await startUpstream(cores?.load);
  const load = startLoad(cores?.load);
  return {
    cores,
    upstream,
    load,
    nodeArgs,
    quick,
    say,
    async [Symbol.asyncDispose]() {
      await load.stop();
      await upstream.stop();
    },
  };
}

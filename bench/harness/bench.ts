import { type Load, startLoad } from './load-process.ts';
import type { Cores } from './machine.ts';
import { startUpstream, type Upstream } from './upstream-process.ts';

/** The processes and options that every measurement uses. */
export interface Bench {
  readonly cores: Cores | null;
  readonly upstream: Upstream;
  readonly load: Load;
  readonly quick: boolean;
  /** Node's arguments for the server under test, e.g. `--cpu-prof`. */
  readonly nodeArgs: readonly string[];
  log(line: string): void;
}

export async function openBench(
  cores: Cores | null,
  nodeArgs: readonly string[],
  quick: boolean,
  log: (line: string) => void,
): Promise<Bench & AsyncDisposable> {
  const upstream = await startUpstream(cores?.load);
  const load = startLoad(cores?.load);
  return {
    cores,
    upstream,
    load,
    nodeArgs,
    quick,
    log,
    async [Symbol.asyncDispose]() {
      await load.stop();
      await upstream.stop();
    },
  };
}

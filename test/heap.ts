import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What this process's heap holds once everything is collected that can be, in MiB. */
export async function heapHeld(): Promise<number> {
  // What waits for a turn of the loop, finalizers among it, holds on to what it knows until then.
  for (let times = 0; times < 3; times += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  return process.memoryUsage().heapUsed / 2 ** 20;
}

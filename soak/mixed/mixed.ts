import { setTimeout as sleep } from 'node:timers/promises';
import { type Cores, startNode, stopNode } from '../../bench/harness/machine.ts';
import { freePort } from '../../bench/harness/ports.ts';
import type { Report } from '../goals.ts';
import type { Options } from '../options.ts';
import { ROOT, startGateway, startProgram } from '../processes.ts';
import { readTruth } from './data.ts';
import { FAULTS, setSwitches } from './faults.ts';
import { type Held, readHeld } from './gauges.ts';
import type { MixedJob, Tally } from './load.ts';
import { mixedReport } from './report.ts';

/** One round through all faults, and what the gateway held at rest after it. */
export interface Round {
  readonly held: Held;
  readonly tally: Tally;
  /** Failures long after the last fault had ended. */
  readonly late: number;
}

/** A circuit tries again after five seconds at most, a throttled token after two. */
const BACK_WITHIN_MS = 7_000;
/** More than any cache of queries keeps: full ones do not grow. */
const UNSEEN = 1_300;
const UNSEEN_RATE = 100;

/** Mixed load through round after round of faults; at rest after each it is looked at what the gateway still holds. */
export async function mixed({ quick, minutes, env }: Options, cores: Cores | null): Promise<Report> {
  const epoch = Date.now();
  const { credential } = await readTruth(epoch);
  const upstream = await startProgram(cores?.load, ['soak/upstream.ts'], '/_sandbox', {
    EPOCH: String(epoch),
  });
  const inspectorPort = await freePort();
  const gateway = await startGateway(cores?.server, upstream.url, credential, env, [
    `--inspect=127.0.0.1:${inspectorPort}`,
  ]);
  const inspector = `http://127.0.0.1:${inspectorPort}`;
  const load = startNode({ core: cores?.load, cwd: ROOT, args: ['soak/mixed/load.ts'], ipc: true });
  const run = (job: Pick<MixedJob, 'rate' | 'seconds' | 'unseenOnly'>) =>
    new Promise<Tally>((resolve, reject) => {
      load.once('message', ({ tally, failed }: { tally: Tally; failed?: string }) =>
        failed ? reject(new Error(failed)) : resolve(tally),
      );
      load.send({ url: gateway.url, epoch, ...job } satisfies MixedJob);
    });
  const phaseMs = quick ? 1_500 : 4_000;

  async function round(): Promise<Round> {
    const seconds = (FAULTS.length * 2 * phaseMs) / 1000 + BACK_WITHIN_MS / 1000 + 2;
    const running = run({ rate: 40, seconds });
    for (const { switches } of FAULTS) {
      await setSwitches(upstream.url, switches);
      await sleep(phaseMs);
      await setSwitches(upstream.url, {});
      await sleep(phaseMs);
    }
    const backBy = Date.now() - phaseMs + BACK_WITHIN_MS;
    const tally = await running;
    const late = tally.failures.filter((at) => at > backBy).length;
    // Kept-alive connections to Twilio and from the load end meanwhile; what stays, stays.
    await sleep(REST_MS);
    return { held: await readHeld(gateway, inspector), tally, late };
  }

  const rounds: Round[] = [];
  const end = Date.now() + minutes * 60_000;
  try {
    await setSwitches(upstream.url, {});
    const warmUp = await run({ rate: UNSEEN_RATE, seconds: UNSEEN / UNSEEN_RATE, unseenOnly: true });
    const roundMs = FAULTS.length * 2 * phaseMs + BACK_WITHIN_MS + 2_000 + REST_MS;
    while (rounds.length < 2 || Date.now() + roundMs <= end) {
      rounds.push(await round());
      process.stderr.write(`round ${rounds.length}: ${JSON.stringify(rounds.at(-1)?.held)}\n`);
    }
    return mixedReport(rounds, warmUp);
  } finally {
    await Promise.all([stopNode(load), gateway.stop(), upstream.stop()]);
  }
}

const REST_MS = 7_000;

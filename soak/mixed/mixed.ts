import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startNode, stopNode } from '../../bench/harness/child-process.ts';
import type { Cores } from '../../bench/harness/machine.ts';
import type { Options } from '../options.ts';
import { ROOT, startGateway, startProgram } from '../processes.ts';
import type { Report } from '../report.ts';
import { readTruth } from './data.ts';
import { FAULTS, setSwitches } from './faults.ts';
import { type IdleResources, readIdleResources } from './gauges.ts';
import type { MixedJob, Tally } from './load.ts';
import { mixedReport } from './report.ts';

/** The results of one round of faults, and the gateway's resources after it. */
export interface Round {
  readonly resources: IdleResources;
  readonly tally: Tally;
  /** Number of failures long after the last fault. */
  readonly late: number;
}

/** Time to recover: a circuit breaker probes within five seconds, and a throttled token within two. */
const RECOVERY_MS = 7_000;
/** More queries than any cache holds, so that all caches are full before the first measurement. */
const UNSEEN = 1_300;
const UNSEEN_RATE = 100;

/** Runs mixed load during rounds of faults, and measures the idle gateway's resources after each round. */
export async function mixed({ quick, minutes, env }: Options, cores: Cores | null): Promise<Report> {
  const epoch = Date.now();
  const { credential } = await readTruth(epoch);
  const upstream = await startProgram(cores?.load, ['soak/sandbox-process.ts'], '/_sandbox', {
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
    const seconds = (FAULTS.length * 2 * phaseMs) / 1000 + RECOVERY_MS / 1000 + 2;
    const running = run({ rate: 40, seconds });
    for (const { switches } of FAULTS) {
      await setSwitches(upstream.url, switches);
      await sleep(phaseMs);
      await setSwitches(upstream.url, {});
      await sleep(phaseMs);
    }
    const recoveredBy = Date.now() - phaseMs + RECOVERY_MS;
    const tally = await running;
    const late = tally.failures.filter((at) => at > recoveredBy).length;
    // Idle keep-alive connections close meanwhile; what remains is a leak.
    await sleep(REST_MS);
    return { resources: await readIdleResources(gateway, inspector), tally, late };
  }

  const rounds: Round[] = [];
  const end = Date.now() + minutes * 60_000;
  try {
    await setSwitches(upstream.url, {});
    const warmUp = await run({ rate: UNSEEN_RATE, seconds: UNSEEN / UNSEEN_RATE, unseenOnly: true });
    const roundMs = FAULTS.length * 2 * phaseMs + RECOVERY_MS + 2_000 + REST_MS;
    while (rounds.length < 2 || Date.now() + roundMs <= end) {
      rounds.push(await round());
      process.stderr.write(`round ${rounds.length}: ${JSON.stringify(rounds.at(-1)?.resources)}\n`);
    }
    return mixedReport(rounds, warmUp);
  } finally {
    await Promise.all([stopNode(load), gateway.stop(), upstream.stop()]);
  }
}

const REST_MS = 7_000;

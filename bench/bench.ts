import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBench } from './harness/bench.ts';
import { killChildrenOnExit } from './harness/child-process.ts';
import { chooseCores, describeMachine } from './harness/machine.ts';
import { HELP, HISTORY, readOptions } from './harness/options.ts';
import { runAll } from './harness/run-all.ts';
import { setGateway } from './harness/targets.ts';
import { chartOf } from './report/chart.ts';
import type { Results } from './report/summary.ts';
import { tableOf } from './report/table.ts';

/** `npm run bench`: runs the measurements, prints the table and writes results/. */
const log = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(HELP);
  if (options.parts.includes(HISTORY)) {
    const { benchHistory } = await import('./history/history.ts');
    const { messages, quick, targets } = options;
    const table = await benchHistory({ messages, quick, only: targets, log });
    mkdirSync(options.out, { recursive: true });
    writeFileSync(join(options.out, 'history.md'), `${table}\n`);
    return void process.stdout.write(`${table}\n`);
  }
  setGateway(options.gatewayEnv, options.gatewayDir);
  const cores = options.pin ? chooseCores(options.serverCore, options.loadCore) : null;
  if (!cores)
    log('Processes are not pinned to cores, so figures will be noisy: taskset or a second core is missing.');
  killChildrenOnExit();
  const begun = performance.now();
  await using bench = await openBench(cores, options.nodeArgs, options.quick, log);
  const measured = await runAll(bench, options);
  const results: Results = {
    machine: describeMachine(cores),
    quick: options.quick,
    ...measured,
    seconds: (performance.now() - begun) / 1000,
  };
  const table = tableOf(results);
  mkdirSync(options.out, { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(options.out, name), text);
  write('latest.json', `${JSON.stringify(results, null, 1)}\n`);
  write('table.md', `${table}\n`);
  write('chart.svg', chartOf(results));
  process.stdout.write(`${table}\n\nWritten to ${options.out}\n`);
}

try {
  await main();
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

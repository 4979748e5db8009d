import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { killChildrenOnExit } from '../bench/harness/child-process.ts';
import { chooseCores, describeMachine } from '../bench/harness/machine.ts';
import { attackers } from './attackers/attackers.ts';
import { webConsole } from './console/console.ts';
import { exports } from './exports.ts';
import { manyKeys } from './many-keys.ts';
import { mixed } from './mixed/mixed.ts';
import { HELP, type Options, type Part, readOptions } from './options.ts';
import { overload } from './overload.ts';
import { type Report, writeReport } from './report.ts';

const RUN: Readonly<
  Record<Part, (options: Options, cores: ReturnType<typeof chooseCores>) => Promise<Report>>
> = {
  overload,
  attackers,
  'many-keys': manyKeys,
  exports,
  console: webConsole,
  soak: mixed,
};

const options = readOptions(process.argv.slice(2));
if (options.help) process.stdout.write(HELP);
else await runAll();

async function runAll(): Promise<void> {
  killChildrenOnExit();
  const cores = options.pin ? chooseCores(0, 1) : null;
  mkdirSync(options.out, { recursive: true });
  for (const part of options.parts) {
    const startedAt = performance.now();
    const report = await RUN[part](options, cores);
    const { date, cpu, cores: count, node } = describeMachine(cores);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const line = `${date} · ${cpu}, ${count} cores · Node ${node} · ${options.quick ? 'quick, ' : ''}took ${seconds} s`;
    const text = writeReport({ ...report, about: `${line}\n\n${report.about}` });
    process.stdout.write(`\n${text}\n`);
    writeFileSync(join(options.out, `${part}.md`), text);
    writeFileSync(join(options.out, `${part}.json`), `${JSON.stringify(report.figures, null, 2)}\n`);
    if (report.goals.some(({ met }) => !met)) process.exitCode = 1;
  }
}

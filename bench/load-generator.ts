import type { Job, Reply } from './load/jobs.ts';
import { run } from './load/run.ts';
import { walk } from './load/walk.ts';

/** Load generator: runs the parent process's jobs, one at a time. */
const reply = (message: Reply): void => void process.send?.(message);

process.on('message', (job: Job) => {
  const done: Promise<Reply> =
    job.kind === 'run'
      ? run(job, (kind) => reply({ kind })).then((result) => ({ kind: 'run', result }))
      : walk(job).then((result) => ({ kind: 'walk', result }));
  done.then(reply, (error: unknown) => reply({ kind: 'failed', message: String(error) }));
});
process.once('disconnect', () => process.exit(0));

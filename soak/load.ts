import { lists } from './load/lists.ts';
import { type OpenLoopJob, openLoop } from './load/open-loop.ts';

/** The load generator of the overload, a process of its own: takes a job, answers what came of each request. */
let next: Awaited<ReturnType<typeof lists>> | undefined;

process.on('message', async (job: OpenLoopJob) => {
  try {
    next ??= await lists(job.port);
    process.send?.({ outcomes: await openLoop(job, next) });
  } catch (error) {
    process.send?.({ failed: String(error) });
  }
});
process.once('disconnect', () => process.exit(0));

import { createListRequests } from './load/list-requests.ts';
import { type OpenLoopJob, openLoop } from './load/open-loop.ts';

/** Load generator of the overload part, in a separate process: runs one job per message and sends the outcomes. */
let next: Awaited<ReturnType<typeof createListRequests>> | undefined;

process.on('message', async (job: OpenLoopJob) => {
  try {
    next ??= await createListRequests(job.port);
    process.send?.({ outcomes: await openLoop(job, next) });
  } catch (error) {
    process.send?.({ failed: String(error) });
  }
});
process.once('disconnect', () => process.exit(0));

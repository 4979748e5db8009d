import type { Job, Reply, RunJob, RunResult, WalkJob, WalkResult } from '../load/jobs.ts';
import { startNode, stopNode } from './child-process.ts';
import { BENCH } from './targets.ts';

export type Mark = (kind: 'measuring' | 'measured') => void;

export interface Load {
  readonly pid: number;
  /** @param on called at the end of the warm-up and at the end of the measurement */
  run(job: Omit<RunJob, 'kind'>, on?: Mark): Promise<RunResult>;
  walk(job: Omit<WalkJob, 'kind'>): Promise<WalkResult>;
  stop(): Promise<void>;
}

export function startLoad(core: number | undefined): Load {
  const child = startNode({ core, cwd: BENCH, args: ['load-generator.ts'], ipc: true });
  let take: ((reply: Reply) => void) | undefined;
  child.on('message', (reply: Reply) => take?.(reply));
  child.once('exit', () => take?.({ kind: 'failed', message: 'The load generator exited.' }));

  const send = <K extends 'run' | 'walk'>(job: Job, kind: K, on: Mark) =>
    new Promise<Extract<Reply, { kind: K }>>((resolve, reject) => {
      take = (reply) => {
        if (reply.kind === 'measuring' || reply.kind === 'measured') on(reply.kind);
        else if (reply.kind === kind) resolve(reply as Extract<Reply, { kind: K }>);
        else reject(new Error(reply.kind === 'failed' ? reply.message : `Unexpected reply ${reply.kind}.`));
      };
      child.send(job);
    });

  return {
    pid: child.pid as number,
    run: async (job, on = () => {}) => (await send({ kind: 'run', ...job }, 'run', on)).result,
    walk: async (job) => (await send({ kind: 'walk', ...job }, 'walk', () => {})).result,
    stop: () => stopNode(child),
  };
}

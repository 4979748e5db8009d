import { newestDate } from '../upstream/messages.ts';
import { type Child, freePort, startNode, stopNode, untilReady } from './child-process.ts';
import { BENCH } from './targets.ts';

export interface UpstreamState {
  readonly calls: Readonly<Record<'list' | 'message' | 'account' | 'accounts' | 'media' | 'token', number>>;
  readonly answered: number;
  readonly refused: number;
  readonly peak: number;
}

export interface Upstream {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Date of its newest message, from which all other data derives. */
  readonly newest: number;
  /** Changes the given settings. Returns the counts so far and resets them. */
  set(settings: { latencyMs?: number; limit?: number | null; hangs?: string | null }): Promise<UpstreamState>;
  stop(): Promise<void>;
}

export async function startUpstream(core: number | undefined): Promise<Upstream> {
  const port = await freePort();
  const newest = newestDate();
  const child: Child = startNode({
    core,
    cwd: BENCH,
    args: ['upstream-server.ts'],
    env: { PORT: String(port), NEWEST_DATE: String(newest) },
    ipc: true,
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(async () => (await fetch(`${url}/_bench`)).ok, child, 60_000);
  return {
    url,
    port,
    pid: child.pid as number,
    newest,
    async set(settings) {
      const response = await fetch(`${url}/_bench`, { method: 'POST', body: JSON.stringify(settings) });
      return (await response.json()) as UpstreamState;
    },
    stop: () => stopNode(child),
  };
}

/** Counts calls of all kinds except tokens, which requests share. */
export const callsIn = ({ calls }: UpstreamState): number =>
  calls.list + calls.message + calls.account + calls.accounts + calls.media;

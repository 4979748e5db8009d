import { usageOf } from '../../bench/harness/process-usage.ts';
import type { Started } from '../processes.ts';

/** Resources of the idle gateway after a full garbage collection: MiB and counts. */
export interface IdleResources {
  readonly heap: number;
  readonly external: number;
  readonly rss: number;
  readonly sockets: number;
  readonly timers: number;
  readonly others: number;
  /** Running and queued calls to Twilio, which should be 0. */
  readonly calls: number;
}

const MIB = 2 ** 20;

export async function readIdleResources({ url, pid }: Started, inspector: string): Promise<IdleResources> {
  await collectGarbage(inspector);
  const text = await (await fetch(`${url}/metrics`)).text();
  const sum = (pattern: RegExp) =>
    [...text.matchAll(pattern)].reduce((total, [, value]) => total + Number(value), 0);
  const sockets = sum(/^nodejs_active_resources\{type="(?:TCPSocketWrap|TLSWrap|TCPConnectWrap)"\} (\S+)$/gm);
  const timers = sum(/^nodejs_active_resources\{type="(?:Timeout|Immediate)"\} (\S+)$/gm);
  return {
    heap: sum(/^nodejs_heap_size_used_bytes (\S+)$/gm) / MIB,
    external: sum(/^nodejs_external_memory_bytes (\S+)$/gm) / MIB,
    rss: usageOf(pid).rss,
    sockets,
    timers,
    others: sum(/^nodejs_active_resources_total (\S+)$/gm) - sockets - timers,
    calls: sum(/^twilio_gateway_limiter_(?:running|waiting)\{[^}]*\} (\S+)$/gm),
  };
}

/** Collects garbage through the debugger's port. */
async function collectGarbage(inspector: string): Promise<void> {
  const [target] = (await (await fetch(`${inspector}/json`)).json()) as { webSocketDebuggerUrl: string }[];
  if (!target) throw new Error('The gateway cannot be inspected.');
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  for (const id of [1, 2]) {
    socket.send(JSON.stringify({ id, method: 'HeapProfiler.collectGarbage' }));
    await new Promise((resolve) => {
      socket.onmessage = resolve;
    });
  }
  socket.close();
  await new Promise((resolve) => {
    socket.onclose = resolve;
  });
}

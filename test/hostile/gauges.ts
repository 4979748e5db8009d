/** What another process holds, after a whole collection. */
export interface Held {
  /** In MiB. */
  readonly heap: number;
  /** Connections, of clients and of Twilio. */
  readonly sockets: number;
  readonly timers: number;
}

/** Reads the gauges of a process that was started with `--inspect`. */
export interface Gauges {
  read(): Promise<Held>;
  close(): void;
}

const EXPRESSION = `JSON.stringify({
  heap: process.memoryUsage().heapUsed / 2 ** 20,
  resources: process.getActiveResourcesInfo(),
})`;

/** @param url as Node prints it, "ws://127.0.0.1:…" */
export async function openGauges(url: string): Promise<Gauges> {
  const socket = new WebSocket(url);
  const waiting = new Map<number, (result: unknown) => void>();
  let calls = 0;
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  socket.onmessage = ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id: number; result: unknown };
    waiting.get(id)?.(result);
    waiting.delete(id);
  };
  const call = (method: string, params: object = {}) =>
    new Promise<unknown>((resolve) => {
      calls += 1;
      waiting.set(calls, resolve);
      socket.send(JSON.stringify({ id: calls, method, params }));
    });

  return {
    async read() {
      // What waits for finalizers goes with the second.
      for (let times = 0; times < 2; times += 1) await call('HeapProfiler.collectGarbage');
      const { result } = (await call('Runtime.evaluate', { expression: EXPRESSION })) as {
        result: { value: string };
      };
      const { heap, resources } = JSON.parse(result.value) as { heap: number; resources: string[] };
      const count = (pattern: RegExp) => resources.filter((name) => pattern.test(name)).length;
      return { heap, sockets: count(/^TCPSocketWrap$|^TLSWrap$/), timers: count(/^Timeout$/) };
    },
    close: () => socket.close(),
  };
}

/** The resources that another process holds after a full garbage collection. */
export interface Held {
  /** In MiB. */
  readonly heap: number;
  /** Connections of clients and to Twilio. */
  readonly sockets: number;
  readonly timers: number;
}

/** The load of a process since the last reading. */
export interface Strain {
  /** The CPU time of the longest turn of the event loop, in milliseconds; other programs do not count. */
  readonly turnMs: number;
  /** The largest resident set, in MiB. */
  readonly rss: number;
}

/** Reads the gauges of a process that was started with `--inspect`. */
export interface Gauges {
  read(): Promise<Held>;
  /** Reads the strain and resets it. A garbage collection caused by {@link read} does not count. */
  strain(): Promise<Strain>;
  close(): void;
}

const EXPRESSION = `JSON.stringify({
  heap: process.memoryUsage().heapUsed / 2 ** 20,
  resources: process.getActiveResourcesInfo(),
})`;

/** A timer fires once a turn, so the CPU time between two of its calls belongs to one turn, or to several short ones. */
const MONITOR = `
  globalThis.strain = { turnMs: 0, rss: 0 };
  let before = process.threadCpuUsage();
  setInterval(() => {
    const used = process.threadCpuUsage(before);
    before = process.threadCpuUsage();
    strain.turnMs = Math.max(strain.turnMs, (used.user + used.system) / 1000);
    strain.rss = Math.max(strain.rss, process.memoryUsage.rss() / 2 ** 20);
  }, 5).unref();
  globalThis.readStrain = () => {
    const { turnMs, rss } = strain;
    strain = { turnMs: 0, rss: 0 };
    before = process.threadCpuUsage();
    return JSON.stringify({ turnMs, rss });
  };
  ''
`;

interface Evaluated {
  readonly result: { readonly value: string };
  readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
}

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

  const evaluate = async (expression: string) => {
    const { result, exceptionDetails } = (await call('Runtime.evaluate', { expression })) as Evaluated;
    if (exceptionDetails) throw new Error(`The gauge failed: ${exceptionDetails.exception?.description}`);
    return result.value;
  };
  await evaluate(MONITOR);
  let longest: Strain = { turnMs: 0, rss: 0 };
  const note = async () => {
    const { turnMs, rss } = JSON.parse(await evaluate('readStrain()')) as Strain;
    longest = { turnMs: Math.max(longest.turnMs, turnMs), rss: Math.max(longest.rss, rss) };
  };

  return {
    async read() {
      await note();
      // Objects with finalizers are freed by the second collection.
      for (let times = 0; times < 2; times += 1) await call('HeapProfiler.collectGarbage');
      const { heap, resources } = JSON.parse(await evaluate(EXPRESSION)) as {
        heap: number;
        resources: string[];
      };
      await evaluate('readStrain()');
      const count = (pattern: RegExp) => resources.filter((name) => pattern.test(name)).length;
      return { heap, sockets: count(/^TCPSocketWrap$|^TLSWrap$/), timers: count(/^Timeout$/) };
    },
    async strain() {
      await note();
      const strain = longest;
      longest = { turnMs: 0, rss: 0 };
      return strain;
    },
    close: () => socket.close(),
  };
}

import { WrongEncryptionKeyError } from '../store/store-errors.ts';
import type { ComponentState, Components } from '../telemetry/telemetry.ts';
import { jsonResponse, type PlainResponse } from './respond.ts';

export interface HealthOptions {
  /** @throws {WrongEncryptionKeyError} */
  pingStore: () => Promise<void>;
  /** Requests a token for the first credential, unless it has one. */
  wantToken: () => Promise<void>;
  token: () => ComponentState;
  upstream: () => ComponentState;
  now?: () => number;
}

export type Health = ReturnType<typeof createHealth>;

/** Timeout of the database and the token, checked side by side: Kubernetes gives a probe one second. */
const CHECK_TIMEOUT_MS = 500;

/** Minimum interval between two checks of the database, however many probes come. */
const CHECK_EVERY_MS = 1_000;

/**
 * /health: the process runs. /ready: it takes requests, 503 while it stops. An unavailable store or Twilio does not make
 * it unready: all gateways share them, so that a load balancer would remove all at once, while reads go on from memory.
 * A wrong encryption key does: it is a fault of this gateway's settings, and others may have the right one. The response
 * names every component, and `/ready?require=store,token,upstream` is 503 unless those are up, for a check after a
 * deployment.
 */
export function createHealth(options: HealthOptions) {
  const { pingStore, wantToken, now = Date.now } = options;
  let draining = false;
  let check: { at: number; store: Promise<ComponentState> } | undefined;

  async function checkStore(): Promise<ComponentState> {
    const ping = pingStore().then(() => 'up' as const, stateOf);
    return { state: await within(CHECK_TIMEOUT_MS, ping, 'down' as const), at: now() };
  }

  async function components(): Promise<Components> {
    if (!check || now() - check.at >= CHECK_EVERY_MS) check = { at: now(), store: checkStore() };
    return { store: await check.store, token: options.token(), upstream: options.upstream() };
  }

  async function ready(required: readonly string[]): Promise<PlainResponse> {
    // The result is in the token's state afterwards.
    if (!draining && options.token().state !== 'up') {
      const token = wantToken().catch(() => {});
      await Promise.all([within(CHECK_TIMEOUT_MS, token, undefined), components()]);
    }
    const states = new Map(Object.entries(await components()));
    const isReady =
      !draining &&
      states.get('store')?.state !== 'unreadable' &&
      required.every((name) => states.get(name)?.state === 'up');
    const isWhole = [...states.values()].every(({ state }) => state === 'up' || state === 'unknown');
    const described = [...states].map(([name, { state, at }]) => [
      name,
      { state, at: at === undefined ? undefined : new Date(at).toISOString() },
    ]);
    return jsonResponse(isReady ? 200 : 503, {
      status: draining ? 'stopping' : !isReady ? 'not ready' : isWhole ? 'ready' : 'degraded',
      components: Object.fromEntries(described),
    });
  }

  return {
    /** Makes /ready fail, so that load balancers stop sending requests. */
    drain() {
      draining = true;
    },
    components,
    /** The response to /health or /ready; undefined for any other path. */
    probe({ pathname, searchParams }: URL): Promise<PlainResponse> | undefined {
      if (pathname === '/health') return Promise.resolve(jsonResponse(200, { status: 'ok' }));
      if (pathname !== '/ready') return undefined;
      return ready(searchParams.get('require')?.split(',').filter(Boolean) ?? []);
    },
  };
}

const stateOf = (error: unknown) => (error instanceof WrongEncryptionKeyError ? 'unreadable' : 'down');

/** Resolves with the result of `work`, or with `late` after `ms`. */
async function within<T>(ms: number, work: Promise<T>, late: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, ms, late);
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}

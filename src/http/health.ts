import { WrongEncryptionKeyError } from '../store/store-errors.ts';
import type { ComponentState, Components } from '../telemetry/telemetry.ts';
import { jsonResponse, type PlainResponse } from './respond.ts';

export interface HealthOptions {
  /** Asks the store's database for a sign of life. @throws {WrongEncryptionKeyError} */
  pingStore: () => Promise<void>;
  /** Sees to it that the credential asked for first has a token; it asks Twilio once in a token's lifetime. */
  wantToken: () => Promise<void>;
  token: () => ComponentState;
  upstream: () => ComponentState;
  now?: () => number;
}

export interface Health {
  /** Says at /ready from now on that no more requests are wanted. */
  drain(): void;
  components(): Promise<Components>;
  /** Answers /health and /ready; undefined for any other path. */
  answer(url: URL): Promise<PlainResponse> | undefined;
}

/** For a look at the database and the wait for a token, side by side: Kubernetes gives a probe one second. */
const LOOK_WITHIN_MS = 500;

/** However often probes come, the database is not asked more often. */
const LOOK_EVERY_MS = 1_000;

/**
 * /health: the process runs. /ready: it takes requests, 503 while it stops. A store or a Twilio that is away
 * does not make it unready: all gateways share them, so that a load balancer would take all away at once, while
 * reads go on from memory and errors are told. An encryption key that is not the one secrets were sealed with does: it
 * is a fault of this gateway's settings, and the others may well have the right one. The answer names them all, and
 * `/ready?require=store,token,upstream` asks for 503 unless the named are up, for a check after a deployment.
 */
export function createHealth(options: HealthOptions): Health {
  const { pingStore, wantToken, now = Date.now } = options;
  let draining = false;
  let look: { at: number; store: Promise<ComponentState> } | undefined;

  async function lookAtStore(): Promise<ComponentState> {
    const state = await within(
      LOOK_WITHIN_MS,
      pingStore().then(() => 'up' as const, stateOf),
      'down' as const,
    );
    return { state, at: now() };
  }

  async function components(): Promise<Components> {
    if (!look || now() - look.at >= LOOK_EVERY_MS) look = { at: now(), store: lookAtStore() };
    return { store: await look.store, token: options.token(), upstream: options.upstream() };
  }

  async function ready(required: readonly string[]): Promise<PlainResponse> {
    // Whatever comes of it stands in the state afterwards.
    if (!draining && options.token().state !== 'up') {
      await Promise.all([
        within(
          LOOK_WITHIN_MS,
          wantToken().catch(() => {}),
          undefined,
        ),
        components(),
      ]);
    }
    const states = await components();
    const isUp = (name: string) =>
      Object.entries(states).some((one) => one[0] === name && one[1].state === 'up');
    const isReady = !draining && states.store.state !== 'unreadable' && required.every(isUp);
    const isWhole = Object.values(states).every(({ state }) => state === 'up' || state === 'unknown');
    return jsonResponse(isReady ? 200 : 503, {
      status: draining ? 'stopping' : !isReady ? 'not ready' : isWhole ? 'ready' : 'degraded',
      components: Object.fromEntries(
        Object.entries(states).map(([name, { state, at }]) => [
          name,
          { state, ...(at === undefined ? {} : { at: new Date(at).toISOString() }) },
        ]),
      ),
    });
  }

  return {
    drain() {
      draining = true;
    },
    components,
    answer({ pathname, searchParams }) {
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

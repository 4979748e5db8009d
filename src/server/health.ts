import type { ComponentState, Components } from '../telemetry/telemetry.ts';
import { jsonAnswer, type PlainAnswer } from './plain-answer.ts';

export interface HealthOptions {
  /** Asks the store's database for a sign of life. */
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
  answer(url: URL): Promise<PlainAnswer> | undefined;
}

/** For a look at the database and the wait for a token, side by side: Kubernetes gives a probe one second. */
const LOOK_WITHIN_MS = 500;

/** However often probes come, the database is not asked more often. */
const LOOK_EVERY_MS = 1_000;

/**
 * /health: the process runs. /ready: it takes requests, 503 while it stops. A store or a Twilio that is away
 * does not make it unready: all gateways share them, so that a load balancer would take all away at once, while
 * reads go on from memory and errors are told. The answer names them all the same, and
 * `/ready?require=store,token,upstream` asks for 503 unless the named are up, for a check after a deployment.
 */
export function createHealth(options: HealthOptions): Health {
  const { pingStore, wantToken, now = Date.now } = options;
  let draining = false;
  let look: { at: number; store: Promise<ComponentState> } | undefined;

  async function lookAtStore(): Promise<ComponentState> {
    const isUp = await within(LOOK_WITHIN_MS, pingStore());
    return { state: isUp ? 'up' : 'down', at: now() };
  }

  async function components(): Promise<Components> {
    if (!look || now() - look.at >= LOOK_EVERY_MS) look = { at: now(), store: lookAtStore() };
    return { store: await look.store, token: options.token(), upstream: options.upstream() };
  }

  async function ready(required: readonly string[]): Promise<PlainAnswer> {
    // Whatever comes of it stands in the state afterwards.
    if (!draining && options.token().state !== 'up') {
      await Promise.all([within(LOOK_WITHIN_MS, wantToken()), components()]);
    }
    const states = await components();
    const isUp = (name: string) =>
      Object.entries(states).some((one) => one[0] === name && one[1].state === 'up');
    const isReady = !draining && required.every(isUp);
    const isWhole = Object.values(states).every(({ state }) => state === 'up' || state === 'unknown');
    return jsonAnswer(isReady ? 200 : 503, {
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
      if (pathname === '/health') return Promise.resolve(jsonAnswer(200, { status: 'ok' }));
      if (pathname !== '/ready') return undefined;
      return ready(searchParams.get('require')?.split(',').filter(Boolean) ?? []);
    },
  };
}

/** Whether it succeeds in time. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const done = work.then(
    () => true,
    () => false,
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}

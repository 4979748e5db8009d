import type { Config } from '../config.ts';
import type { Command } from './command.ts';

export const sandbox: Command = {
  name: 'sandbox',
  summary: 'Run only the made-up Twilio, on SANDBOX_PORT (4010).',
  options: {},
  async run(_args, { env, stdout }) {
    const { runSandbox } = await import('../run-sandbox.ts');
    const { orExit, stopSignal } = await import('../main.ts');
    await orExit(() => runSandbox(env, (text) => stdout.write(text), stopSignal));
    return null;
  },
};

/** A made-up Twilio in this process, which needs no port. Its apps are the same wherever the seed is the same. */
export async function embedTwilio(options: Config['sandbox']) {
  const { createSandbox } = await import('../sandbox/sandbox.ts');
  const { fetch, apps } = createSandbox(options);
  // Never looked up: the sandbox answers whatever host is asked.
  const url = new URL('https://sandbox.invalid');
  return { urls: { apiUrl: url, oauthUrl: url }, credentials: apps, fetch };
}

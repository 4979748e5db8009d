import type { Config } from '../config/config.ts';
import type { Command } from './command.ts';

export const sandbox: Command = {
  name: 'sandbox',
  summary: 'Run only the Twilio sandbox, on SANDBOX_PORT (4010).',
  options: {},
  async run(_args, { env, stdout }) {
    const { runSandbox } = await import('../run-sandbox.ts');
    const { orExit, stopSignal } = await import('../main.ts');
    await orExit(() => runSandbox(env, (text) => stdout.write(text), stopSignal));
    return null;
  },
};

/** Runs the sandbox in this process, without a port. The same seed always gives the same apps. */
export async function embedTwilio(options: Config['sandbox']) {
  const { createSandbox } = await import('../sandbox/sandbox.ts');
  const { fetch, apps } = createSandbox(options);
  // Never resolved: the sandbox ignores the host.
  const url = new URL('https://sandbox.invalid');
  return { urls: { apiUrl: url, oauthUrl: url }, credentials: apps, fetch };
}

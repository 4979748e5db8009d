import { createSandbox } from '../src/sandbox/sandbox.ts';
import { SANDBOX } from './mixed/data.ts';

const { EPOCH, MESSAGES, PORT } = process.env;

/** Runs the sandbox. The same EPOCH gives the same messages, so that the checks of the mixed load know them. */
const sandbox = createSandbox({
  ...SANDBOX,
  epoch: Number(EPOCH),
  messages: Number(MESSAGES ?? SANDBOX.messages),
});
const { close } = await sandbox.listen({ port: Number(PORT) });
process.once('SIGTERM', () => void close().then(() => process.exit(0)));

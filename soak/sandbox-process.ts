import { createSandbox } from '../src/sandbox/sandbox.ts';
import { SANDBOX } from './mixed/data.ts';

/** Runs the sandbox for the mixed load. The same EPOCH gives the same messages, so that the checks know them. */
const sandbox = createSandbox({ ...SANDBOX, epoch: Number(process.env.EPOCH) });
const { close } = await sandbox.listen({ port: Number(process.env.PORT) });
process.once('SIGTERM', () => void close().then(() => process.exit(0)));

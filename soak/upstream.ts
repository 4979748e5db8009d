import { createSandbox } from '../src/sandbox/sandbox.ts';
import { SANDBOX } from './mixed/data.ts';

/** The made-up Twilio of the mixed load. The same EPOCH makes the same messages, so that others know them too. */
const sandbox = createSandbox({ ...SANDBOX, epoch: Number(process.env.EPOCH) });
const { close } = await sandbox.listen({ port: Number(process.env.PORT) });
process.once('SIGTERM', () => void close().then(() => process.exit(0)));

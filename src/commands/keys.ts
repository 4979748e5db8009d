import { command } from './command.ts';
import { CLI, withSession } from './session.ts';

export const keysRotate = command({
  name: 'keys rotate',
  summary: 'Reseal every stored secret with the first key of GATEWAY_ENCRYPTION_KEYS.',
  details:
    'To change keys: put the new key first and keep the old one after it, restart every gateway with both, run this command, then remove the old key.',
  examples: ['keys rotate'],
  options: {},
  run: (_args, io) =>
    withSession(io, async ({ admin }) => {
      const count = await admin.reseal(CLI);
      return {
        json: { count },
        text: `Resealed ${count} ${count === 1 ? 'secret' : 'secrets'} with the first key.`,
        note: 'The other keys are no longer needed.',
      };
    }),
});

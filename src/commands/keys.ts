import { type Command, JSON_OPTION } from './command.ts';
import { CLI, withSession } from './session.ts';

const rotate: Command = {
  name: 'keys rotate',
  summary: 'Seal every stored secret with the first key of GATEWAY_ENCRYPTION_KEYS.',
  details:
    'To change keys: put the new one first and keep the old one behind it, start every gateway again with both, run this, then drop the old one.',
  options: { ...JSON_OPTION },
  run: (_args, io) =>
    withSession(io, async ({ management }) => {
      const count = await management.reseal(CLI);
      return {
        json: { count },
        text: `${count} ${count === 1 ? 'secret was' : 'secrets were'} sealed anew with the first key.`,
        note: 'No stored secret needs the other keys any more.',
      };
    }),
};

export const keysCommands = [rotate] as const;

import type { Command } from './command.ts';

export const start: Command = {
  name: 'start',
  summary: 'Run the gateway until it is told to stop.',
  options: {},
  async run() {
    const { main } = await import('../main.ts');
    await main();
    return null;
  },
};

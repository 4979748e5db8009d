import type { Command } from './command.ts';

export const start: Command = {
  name: 'start',
  summary: 'Run the gateway.',
  options: {},
  async run() {
    const { main } = await import('../main.ts');
    await main();
    return null;
  },
};

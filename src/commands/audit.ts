import { command } from './command.ts';
import { usageError } from './command-errors.ts';
import { dateText, table } from './output.ts';
import { CLI, withSession } from './session.ts';
import { timeOf } from './time-option.ts';

const MAX_ENTRIES = 100_000;

export const auditList = command({
  name: 'audit list',
  summary: 'List the changes of each caller and, with AUDIT_READS=on, the accounts it read; newest first.',
  examples: ['audit list --limit 20', 'audit list --action messages.read --since 2027-01-31 --json'],
  options: {
    actor: { value: 'NAME', about: 'Only entries of this API key, subject or `cli`.' },
    action: { value: 'ACTION', about: 'Only entries with this action, e.g. api-key.create.' },
    since: { value: 'TIME', about: 'Only entries from this day or time on (2027-01-31).' },
    until: { value: 'TIME', about: 'Only entries up to this day or time.' },
    limit: { value: 'NUMBER', about: 'How many entries at most. Default: 100.' },
  },
  run: ({ actor, action, since, until, limit = '100' }, io) =>
    withSession(io, async ({ admin }) => {
      if (!/^\d{1,6}$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_ENTRIES) {
        throw usageError('--limit takes a number from 1 to 100000.', '--limit');
      }
      const entries = await admin.listAudit(CLI, {
        actor,
        action,
        since: timeOf(since, '--since'),
        until: timeOf(until, '--until'),
        limit: Number(limit),
      });
      return {
        json: entries.map(({ id, target, ...entry }) => ({ id: String(id), ...entry, subject: target })),
        text: table(
          ['TIME', 'ACTOR', 'ACTION', 'SUBJECT', 'FROM', 'DETAILS'],
          entries.map(({ at, actor, action, target, origin, detail }) => [
            dateText(at),
            actor,
            action,
            target ?? '-',
            origin ?? '-',
            detail ? JSON.stringify(detail) : '-',
          ]),
          'The audit has no such entry.',
        ),
      };
    }),
});

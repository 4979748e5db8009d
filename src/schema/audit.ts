import { gatewayError } from '../errors/gateway-error.ts';
import type { AuditEntry } from '../store/records.ts';
import { builder } from './builder.ts';
import type { Connection } from './connection.ts';
import { auditList } from './cost.ts';

const MAX_PAGE = 1_000;
const DEFAULT_PAGE = 50;

const AuditEntryRef = builder.objectRef<AuditEntry>('AuditEntry').implement({
  description:
    'What a caller changed or, with AUDIT_READS, read. Contains neither secrets nor phone numbers nor texts.',
  fields: (t) => ({
    id: t.id({ description: 'Identifies the entry.', resolve: ({ id }) => String(id) }),
    at: t.field({
      type: 'DateTime',
      description: 'When it happened; for reads, the first of those that are counted together.',
      resolve: ({ at }) => at,
    }),
    actor: t.string({
      description: "An API key's name, a token's subject, `GATEWAY_ADMIN_KEY`, `local` or `cli`.",
      resolve: ({ actor }) => actor,
    }),
    action: t.string({
      description: 'What was done, e.g. `api-key.create` or `messages.read`.',
      resolve: ({ action }) => action,
    }),
    subject: t.string({
      nullable: true,
      description: 'What it was done to: the id of a credential or key, or the SID of an account.',
      resolve: ({ target }) => target,
    }),
    origin: t.string({
      nullable: true,
      description: "The client's IP address, or `cli`.",
      resolve: ({ origin }) => origin,
    }),
    detail: t.string({
      nullable: true,
      description: 'Further details as JSON, e.g. the number of requests.',
      resolve: ({ detail }) => detail && JSON.stringify(detail),
    }),
  }),
});

const AuditConnectionRef = builder.connectionObject<typeof AuditEntryRef, Connection<AuditEntry>>(
  { name: 'AuditConnection', type: AuditEntryRef, description: 'A page of the audit, newest first.' },
  { name: 'AuditEdge', description: 'An entry of the audit and its cursor.' },
);

builder.queryField('auditEntries', (t) =>
  t.field({
    type: AuditConnectionRef,
    nullable: true,
    complexity: auditList,
    description:
      'Which caller changed what and, with AUDIT_READS, read which account. For ADMIN. Example: `{ auditEntries(first: 20, action: "messages.read") { nodes { at actor subject } } }`',
    args: {
      actor: t.arg.string({ description: 'Only entries of this actor.' }),
      action: t.arg.string({ description: 'Only entries with this action, e.g. `api-key.create`.' }),
      since: t.arg({ type: 'DateTime', description: 'Only entries from this time on.' }),
      until: t.arg({ type: 'DateTime', description: 'Only entries up to this time.' }),
      first: t.arg.int({ description: 'The number of entries, from 1 to 1,000. By default 50.' }),
      after: t.arg.string({ description: 'Continues after this cursor, with older entries.' }),
    },
    async resolve(_root, { actor, action, since, until, first, after }, { admin, caller }) {
      const limit = first ?? DEFAULT_PAGE;
      if (limit < 1 || limit > MAX_PAGE) {
        throw gatewayError('BAD_USER_INPUT', 'It must be between 1 and 1,000.', 'first');
      }
      const entries = await admin.listAudit(caller, {
        actor: actor ?? undefined,
        action: action ?? undefined,
        since: since ?? undefined,
        until: until ?? undefined,
        before: after == null ? undefined : readCursor(after),
        // One more tells whether there is a next page.
        limit: limit + 1,
      });
      return toPage(entries.slice(0, limit), entries.length > limit, after != null);
    },
  }),
);

function toPage(entries: readonly AuditEntry[], hasNextPage: boolean, hasPreviousPage: boolean) {
  const edges = entries.map((node) => ({ node, cursor: writeCursor(node) }));
  const startCursor = edges.at(0)?.cursor ?? null;
  const endCursor = edges.at(-1)?.cursor ?? null;
  return { edges, pageInfo: { hasNextPage, hasPreviousPage, startCursor, endCursor } };
}

const writeCursor = ({ id }: AuditEntry) => Buffer.from(`audit:${id}`).toString('base64url');

function readCursor(cursor: string): number {
  const [, id] = /^audit:(\d{1,15})$/.exec(Buffer.from(cursor.slice(0, 40), 'base64url').toString()) ?? [];
  if (id !== undefined) return Number(id);
  throw gatewayError('CURSOR_INVALID', 'after', 'was not created by this list');
}

import { TwilioError } from './errors.ts';
import { badToken, type Page, type PageRequest } from './paging.ts';
import type { SandboxAccount } from './types.ts';

/** Accounts are filtered by exact friendly name and by status. */
export interface AccountFilter {
  friendlyName: string | null;
  status: string | null;
}

/**
 * One page of accounts. Their token is another animal than that of messages: `PT` and base64 of
 * `{filter},date,[sids]:page:total`, braces percent-encoded. The filter in it beats the one in the query.
 */
export function accountPage(
  all: readonly SandboxAccount[],
  asked: AccountFilter,
  request: PageRequest,
): Page<SandboxAccount> {
  if (request.page > 0 && request.token === null) {
    throw new TwilioError(400, 70002, 'Paged requests must include a PageToken');
  }
  const token = request.token === null ? null : readToken(request.token);
  const filter = token?.filter ?? asked;
  const matching = all.filter(
    ({ friendlyName, status }) =>
      (filter.friendlyName === null || filter.friendlyName === friendlyName) &&
      (filter.status === null || filter.status === status),
  );
  const start = token?.sid == null ? 0 : matching.findIndex(({ sid }) => sid === token.sid) + 1;
  if (token?.sid != null && start === 0) throw badToken();
  const items = matching.slice(start, start + request.size);
  const write = (page: number, last: SandboxAccount | undefined) =>
    writeToken(filter, page, last, matching.length);
  // The token before this page names the last account of the page before that one.
  const before = matching[start - request.size - 1];
  return {
    items,
    next: start + items.length < matching.length ? write(request.page + 1, items.at(-1)) : undefined,
    previous: start === 0 ? undefined : write(request.page - 1, before),
  };
}

function writeToken(
  filter: AccountFilter,
  page: number,
  last: SandboxAccount | undefined,
  total: number,
): string {
  const json = JSON.stringify({ friendlyName: filter.friendlyName, status: filter.status });
  const braces = json.replace('{', '%7B').replace(/}$/, '%7D');
  const date = new Date((last?.dateCreated ?? 0) * 1000).toISOString().replace('.000Z', '+00:00');
  const text = `${braces},${date},${JSON.stringify(last ? [last.sid] : [])}:${page}:${total}`;
  return `PT${Buffer.from(text).toString('base64')}`;
}

function readToken(token: string): { filter: AccountFilter; sid: string | null } {
  const text = token.startsWith('PT') ? Buffer.from(token.slice(2), 'base64').toString() : '';
  const match = /^%7B(.*)%7D,[^,]*,\[(?:"(AC[0-9a-f]{32})")?\]:\d+:\d+$/.exec(text);
  if (!match) throw badToken();
  try {
    const { friendlyName, status } = JSON.parse(`{${match[1]}}`) as AccountFilter;
    return { filter: { friendlyName, status }, sid: match[2] ?? null };
  } catch {
    throw badToken();
  }
}

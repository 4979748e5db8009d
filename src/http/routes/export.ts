import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { GraphQLError } from 'graphql';
import { type Principal, usageKeyOf } from '../../auth/caller.ts';
import type { LimitSettings } from '../../config/limits.ts';
import { entryOf } from '../../errors/catalogue.ts';
import { gatewayError } from '../../errors/gateway-error.ts';
import type { Engine } from '../../graphql/engine.ts';
import { finishErrors } from '../../graphql/finish-errors.ts';
import type { Logger } from '../../log.ts';
import { toGraphQLError } from '../../schema/graphql-error.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { requirePrincipal } from '../authenticate.ts';
import { readBody } from '../body.ts';
import type { Exchange } from '../exchange.ts';
import { csv, type ExportFormat, type ExportRow, type ExportSummary, ndjson } from '../export-format.ts';
import { type ExportNode, type ExportPage, type ExportVariables, exportPages } from '../export-pages.ts';
import type { RateLimiter } from '../rate-limiter.ts';
import { beginScope } from '../request-scope.ts';
import { errorResponse, SECURITY_HEADERS } from '../respond.ts';

export interface ExportRouteOptions {
  readonly engine: Engine;
  readonly rateLimiter: RateLimiter;
  readonly limits: Pick<LimitSettings, 'maxExportRows' | 'clientTimeoutMs' | 'maxBodyBytes'>;
  readonly requestTimeoutMs: number;
  readonly publicUrl?: URL | undefined;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly now: () => number;
}

export const EXPORT_PATH = '/export/';

/** Exports of one caller at the same time. */
const MAX_EXPORTS = 2;

/** More than the pages that are read at once need; Node warns of a leak beyond it. */
const MAX_LISTENERS = 32;

/**
 * Streams messages as a file. Each page is the trusted document ExportMessages, executed as the caller: credentials, limits
 * and filters are those of GraphQL, and a few pages at most are in memory.
 */
export function createExportRoute(options: ExportRouteOptions) {
  const { engine, rateLimiter, limits, requestTimeoutMs, log, telemetry, now } = options;
  const running = new Map<string, number>();

  async function readPage(
    exchange: Exchange,
    principal: Principal,
    variables: ExportVariables,
  ): Promise<ExportPage> {
    const { scope, end } = beginScope(exchange, requestTimeoutMs, usageKeyOf(principal), performance.now());
    const origin = options.publicUrl?.origin ?? `http://${exchange.host}`;
    const nickname = exchange.header('x-twilio-credential') || null;
    const params = { documentId: documentOf(variables), variables } as never;
    const result = await engine.execute(params, exchange.request, { principal, nickname, scope, origin });
    end();
    exchange.upstreamCalls += scope.reads.calls;
    exchange.accesses = new Set([...exchange.accesses, ...scope.reads.accesses]);
    const data = result.data as PageData | null | undefined;
    const page = data?.messages ?? data?.node?.messages;
    if (page) return page;
    throw new PageError(result.errors ?? [toGraphQLError(gatewayError('NOT_FOUND', 'thread'))]);
  }

  /**
   * Yields the text of an export, page by page. Never throws: the last line says what is missing.
   *
   * @param isContinued whether the rows are to be added to those of an export before it
   */
  async function* textOf(
    first: ExportPage,
    format: ExportFormat,
    pages: AsyncGenerator<ExportPage>,
    isContinued: boolean,
  ) {
    let summary: ExportSummary & { readonly scannedCount: number } = {
      complete: false,
      count: 0,
      newest: null,
      oldest: null,
      scannedCount: 0,
      historyTruncated: false,
      unavailable: [],
      cursor: null,
      error: null,
    };
    try {
      if (!isContinued) yield format.head();
      for (let page: ExportPage | undefined = first; page; ) {
        const { edges, pageInfo } = page;
        const rows = edges.slice(0, limits.maxExportRows - summary.count).map(toRow);
        if (rows.length > 0) yield format.rows(rows);
        const isCut = rows.length < edges.length || summary.count + rows.length >= limits.maxExportRows;
        const hasMore = pageInfo.hasNextPage || rows.length < edges.length;
        summary = {
          ...summary,
          count: summary.count + rows.length,
          newest: summary.newest ?? (rows[0]?.dateCreated as string | undefined) ?? null,
          oldest: (rows.at(-1)?.dateCreated as string | undefined) ?? summary.oldest,
          scannedCount: summary.scannedCount + page.scannedCount,
          historyTruncated: summary.historyTruncated || page.historyTruncated,
          unavailable: page.unavailable.length > 0 ? page.unavailable : summary.unavailable,
          cursor: hasMore ? (isCut ? (rows.at(-1)?.cursor ?? pageInfo.endCursor) : pageInfo.endCursor) : null,
        };
        page = undefined;
        if (!hasMore || summary.cursor === null) break;
        if (isCut) {
          const { code, message } = gatewayError('EXPORT_LIMIT', limits.maxExportRows);
          summary = { ...summary, error: { code, message } };
          break;
        }
        try {
          page = (await pages.next()).value;
        } catch (error) {
          summary = { ...summary, error: errorOf(error, log) };
        }
      }
      const { cursor, error, historyTruncated, unavailable } = summary;
      const complete = cursor === null && error === null && !historyTruncated && unavailable.length === 0;
      yield format.tail({ ...summary, complete });
    } finally {
      await pages.return(undefined);
    }
  }

  return async (exchange: Exchange): Promise<Response> => {
    const principal = requirePrincipal(exchange, telemetry, log);
    const isPost = exchange.method === 'POST';
    if (!isPost && exchange.method !== 'GET') throw gatewayError('BAD_REQUEST', 'method');
    await rateLimiter.take(principal);
    // A phone number in a filter stays out of the logs of proxies by POST.
    const query = isPost
      ? parametersOf(await readBody(exchange, limits.maxBodyBytes))
      : new URL(exchange.request.url).searchParams;
    const format = formatOf(exchange.path, query);
    await exchange.start();
    const key = usageKeyOf(principal);
    const count = running.get(key) ?? 0;
    if (count >= MAX_EXPORTS) throw gatewayError('EXPORTS_RUNNING', MAX_EXPORTS);
    running.set(key, count + 1);
    const finish = () => {
      const left = (running.get(key) ?? 1) - 1;
      if (left > 0) running.set(key, left);
      else running.delete(key);
    };
    // Each page that is being read listens for the client to go away.
    exchange.outgoing?.setMaxListeners(MAX_LISTENERS);
    try {
      const variables = variablesOf(query);
      exchange.operations.push(documentOf(variables));
      const pages = exportPages(
        { read: (page) => readPage(exchange, principal, page), isBeyondRetention },
        variables,
        now(),
      );
      const { value: first } = await pages.next();
      const chunks = textOf(first, format, pages, 'after' in variables);
      const name = exchange.path.slice(EXPORT_PATH.length);
      const headers = {
        ...SECURITY_HEADERS,
        ...exchange.headers,
        'content-type': format.contentType,
        'content-disposition': `attachment; filename="${name}"`,
        'cache-control': 'no-store',
      };
      exchange.status = 200;
      const body = Readable.from(chunks, { objectMode: false });
      const { outgoing } = exchange;
      if (!outgoing) {
        body.once('close', finish);
        return new Response(Readable.toWeb(body) as ReadableStream, { headers });
      }
      outgoing.writeHead(200, headers);
      // A client that does not read holds its place no longer than this.
      outgoing.setTimeout(limits.clientTimeoutMs + requestTimeoutMs, () => outgoing.destroy());
      await pipeline(body, outgoing).catch(() => {});
      finish();
      return RESPONSE_ALREADY_SENT;
    } catch (error) {
      finish();
      if (!(error instanceof PageError)) throw error;
      const errors = finishErrors(error.errors, { hasData: false, suggestions: false, log });
      // No data stands beside the errors, so that their status is that of a page.
      const plain = errors.map((one) => {
        const code = String(one.formatted.extensions?.code);
        exchange.errorCodes.add(code);
        return { ...one, status: entryOf(code).pageStatus ?? one.status };
      });
      return exchange.respond(errorResponse(plain));
    }
  };
}

interface PageData {
  readonly messages?: ExportPage | null;
  readonly node?: { readonly messages?: ExportPage | null } | null;
}

const documentOf = ({ thread }: ExportVariables): string =>
  thread === undefined ? 'ExportMessages' : 'ExportThread';

/** A page that could not be read. */
class PageError extends Error {
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super('the page could not be read');
    this.errors = errors;
  }
}

function isBeyondRetention(error: unknown): boolean {
  const codes = error instanceof PageError ? error.errors.map(({ extensions }) => extensions.code) : [];
  return codes.length > 0 && codes.every((code) => code === 'MESSAGE_HISTORY_LIMIT');
}

function errorOf(error: unknown, log: Logger): { code: string; message: string } {
  const errors = error instanceof PageError ? error.errors : [error as GraphQLError];
  const [first] = finishErrors(errors, { hasData: false, suggestions: false, log });
  const { message = 'The page could not be read.', extensions } = first?.formatted ?? {};
  return { code: String(extensions?.code ?? 'INTERNAL_SERVER_ERROR'), message };
}

function formatOf(path: string, query: URLSearchParams): ExportFormat {
  const withCursors = query.get('cursors') === 'true';
  if (path === `${EXPORT_PATH}messages.ndjson`) return ndjson(withCursors);
  if (path === `${EXPORT_PATH}messages.csv`) return csv(withCursors, query.get('bom') === 'true');
  throw gatewayError('PATH_UNKNOWN');
}

const PARAMETERS = new Set(['accountSid', 'after', 'bom', 'cursors', 'filter', 'in', 'thread']);

/** Reads the body of a POST, an object with the parameters of the GET: filters are objects there, or texts as in a URL. */
function parametersOf(body: string): URLSearchParams {
  let given: unknown;
  try {
    given = JSON.parse(body || '{}');
  } catch {
    throw gatewayError('BAD_REQUEST', 'export');
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw gatewayError('BAD_REQUEST', 'export');
  }
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) {
    // A filter that is ignored would export more than was asked for.
    if (!PARAMETERS.has(name)) throw gatewayError('BAD_REQUEST', 'export');
    if (value != null) query.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return query;
}

/** Reads the arguments of `messages`, or of a thread's; `filter` and `in` are JSON, as in a request's variables. */
function variablesOf(query: URLSearchParams): ExportVariables {
  const variables: Record<string, unknown> = {};
  for (const name of ['accountSid', 'after', 'thread'])
    if (query.has(name)) variables[name] = query.get(name);
  for (const name of ['filter', 'in']) {
    const text = query.get(name);
    if (text === null) continue;
    try {
      variables[name] = JSON.parse(text);
    } catch {
      throw gatewayError('BAD_REQUEST', 'parameters');
    }
  }
  return variables;
}

function toRow({ cursor, node: { delivery, ...node } }: ExportPage['edges'][number]): ExportRow {
  const { __typename: _, id: __, ...fields } = node as ExportNode & { __typename?: string; id?: string };
  return { ...fields, outcome: delivery.outcome, errorTitle: delivery.error?.title ?? null, cursor };
}

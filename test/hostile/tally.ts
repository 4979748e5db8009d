import { DOCUMENTED, faultsOf } from '../fuzz/responses.ts';
import type { Exchange } from './raw-http.ts';
import type { HostileRequest } from './requests/request.ts';
import { PLANTED, STRANGERS_NUMBER } from './target.ts';

/** The results of all requests so far. */
export interface Tally {
  readonly sent: number;
  readonly fiveHundreds: number;
  /** Faults, each with its request; only the first few. */
  readonly faults: readonly string[];
  add(request: HostileRequest, exchange: Exchange): void;
  /** Searches the process's output. */
  readLog(output: string): void;
  /** A summary in a few lines. */
  report(): string;
}

/** Sandbox access tokens are JWTs, and nothing else here is. */
const JWT = /eyJ[\w-]{8,}\.[\w-]{8,}\./;
const IN_LOG = /unexpected error|unhandledRejection|uncaughtException|uncaught exception|\n {4}at |Warning:/;
const MANY = 20;

/** The errors of a GraphQL response, or all of any other. */
function errorsIn(body: string): string {
  try {
    const response: unknown = JSON.parse(body);
    if (typeof response === 'object' && response !== null && 'data' in response) {
      return JSON.stringify('errors' in response ? response.errors : []);
    }
  } catch {
    // Not JSON.
  }
  return body;
}

/** @param allowed 5xx that are expected, because Twilio's side fails on purpose */
export function createTally(secrets: readonly string[], allowed: ReadonlySet<number> = new Set()): Tally {
  const kinds = new Map<string, number>();
  const statuses = new Map<number, number>();
  const codes = new Map<string, number>();
  const ends = new Map<string, number>();
  const faults: string[] = [];
  let sent = 0;
  let fiveHundreds = 0;
  let leaks = 0;

  const count = <K>(map: Map<K, number>, key: K) => map.set(key, (map.get(key) ?? 0) + 1);
  const leaked = (text: string, more: readonly string[] = []) =>
    [...secrets, ...more].filter((secret) => text.includes(secret)).length + (JWT.test(text) ? 1 : 0);
  function fault(what: string, { kind, by, send }: HostileRequest, answer = ''): void {
    const asked = Buffer.concat([...send.pieces]).toString('latin1');
    faults.push(`${what} [${kind}, ${by}]\n  asked ${asked.slice(0, 900)}\n  got   ${answer.slice(0, 600)}`);
  }

  return {
    get sent() {
      return sent;
    },
    get fiveHundreds() {
      return fiveHundreds;
    },
    faults,

    add(request, { responses, end }) {
      sent += 1;
      count(kinds, request.kind.split(',')[0] ?? '');
      count(ends, end);
      if (end === 'hung') fault('no answer', request);
      if (end === 'closed' && responses.length === 0) fault('closed unanswered', request);
      const asked = Buffer.concat([...request.send.pieces]).toString();
      for (const { status, headers, body } of responses) {
        count(statuses, status);
        for (const [, code = ''] of body.matchAll(/"extensions":\{[^{}]*?"code":"(\w+)"/g))
          count(codes, code);
        if (status >= 500) fiveHundreds += 1;
        const text = `${headers}\n\n${body}`;
        const planted = request.by === 'admin' ? [] : Object.values(PLANTED);
        // The data of a thread repeats the participant that the request names; errors repeat nothing.
        const found =
          leaked(
            text,
            planted.filter((value) => !asked.includes(value)),
          ) +
          leaked(
            errorsIn(body),
            planted.filter((value) => asked.includes(value)),
          );
        leaks += found;
        if (found > 0) fault('a leak', request, text);
        // Responses to HEAD and redirects have no body.
        const judged =
          /^HEAD /.test(asked) || (status >= 300 && status < 400)
            ? { status, text: '-' }
            : { status, text: body };
        for (const one of faultsOf(judged, asked)) {
          if (!(allowed.has(status) && one === `status ${status}`)) fault(one, request, text);
        }
      }
    },

    readLog(output) {
      const found = leaked(output, [...Object.values(PLANTED), STRANGERS_NUMBER]);
      leaks += found;
      if (found > 0) faults.push('a leak in the log');
      const odd = IN_LOG.exec(output);
      if (odd) faults.push(`in the log: ${output.slice(Math.max(0, odd.index - 500), odd.index + 1_500)}`);
    },

    report() {
      const table = (map: Map<string | number, number>) =>
        [...map]
          .sort(([, a], [, b]) => b - a)
          .map(([key, times]) => `${key} ${times}`)
          .join(', ');
      const unknown = [...codes.keys()].filter((code) => !DOCUMENTED.has(code));
      return [
        `  sent     ${sent}: ${table(kinds)}`,
        `  ended    ${table(ends)}`,
        `  statuses ${table(statuses)}`,
        `  codes    ${table(codes)}${unknown.length > 0 ? `; not documented: ${unknown}` : ''}`,
        `  5xx ${fiveHundreds}, leaks ${leaks}, faults ${faults.length}`,
        ...faults.slice(0, MANY),
      ].join('\n');
    },
  };
}

import { isDeepStrictEqual } from 'node:util';
import { threeFields, twelveFields } from '../peers/fields.ts';
import { type WireAccount, type WireMessage, wireAccount, wireMessage } from '../upstream/messages.ts';
import type { Target } from './targets.ts';
import { requestOf, type Workload } from './workloads.ts';

/** Sends a workload's request once and compares the whole response. @throws when it is wrong */
export async function checkResponse(
  target: Target,
  url: string,
  workload: Workload,
  tail: string,
  newest: number,
): Promise<void> {
  const { path, body } = requestOf(workload, target.dialect);
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: body.replaceAll('{tail}', tail),
  });
  const text = await response.text();
  const given = target.raw ? readRaw(text) : readGraphQL(text, target, workload);
  if (!isDeepStrictEqual(given, expected(workload, tail, newest, target))) {
    throw new Error(`${target.label}: wrong response to ${workload}: ${text.slice(0, 400)}`);
  }
}

function expected(workload: Workload, tail: string, newest: number, { raw }: Target): unknown {
  const messages = (count: number) => Array.from({ length: count }, (_, i) => wireMessage(i, tail, newest));
  const account = wireAccount(tail, newest);
  if (raw) {
    const list = messages(workload === 'W4' ? 1000 : 50);
    if (workload === 'W2') return [list, account];
    return workload === 'W3' ? messages(10) : [list];
  }
  if (workload === 'W2') {
    return messages(50).map((message) => ({ ...twelveFields(message), account: threeFields(account) }));
  }
  if (workload === 'W3') return [...messages(10), ...messages(10)].map(twelveFields);
  return messages(workload === 'W4' ? 1000 : 50).map(twelveFields);
}

/** Parses the lines of a floor's response: lists become their messages. */
function readRaw(text: string): unknown {
  const parts = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { messages?: unknown });
  return parts.map((part) => part.messages ?? part);
}

type Row = Record<string, unknown>;

interface GraphQLResult {
  data?: { messages?: { nodes: Row[] }; ListMessage?: { messages: Row[] } } & Record<string, unknown>;
  errors?: unknown;
}

/** Returns the messages of a response in order, with the gateway's field names. */
function readGraphQL(text: string, { dialect }: Target, workload: Workload): Row[] {
  const { data, errors } = JSON.parse(text) as GraphQLResult;
  if (errors || !data) throw new Error(`Error response to ${workload}: ${text.slice(0, 400)}`);
  const aliases = Array.from({ length: 20 }, (_, i) => data[`m${i}`] as Row);
  const rows = workload === 'W3' ? aliases : (data.messages?.nodes ?? data.ListMessage?.messages ?? []);
  if (dialect !== 'mesh') return rows;
  return rows.map((row) => {
    const message = twelveFields(row as unknown as WireMessage);
    return 'account' in row ? { ...message, account: threeFields(row.account as WireAccount) } : message;
  });
}

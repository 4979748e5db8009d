import { FIELDS, listProblem, type Node, nodeProblem } from './check.ts';
import type { Truth } from './data.ts';

/** A query of the mix and the check of its data. */
export interface Query {
  readonly name: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** @param data of a result without errors @returns the problem, or null */
  problemOf(data: never): string | null;
}

interface Lists {
  readonly messages: {
    readonly nodes: readonly Node[];
    readonly pageInfo?: { readonly endCursor: string; readonly hasNextPage: boolean };
  };
}

/** Creates queries as diverse as those of real clients: small and large, repeated and new, scans and pages. */
export function createQueries(truth: Truth) {
  const { messages, accounts } = truth;
  const some = <T>(values: readonly T[]) => values[Math.floor(Math.random() * values.length)] as T;
  const recent = messages.slice(0, 400);
  const receivers = [...new Set(recent.map(({ to }) => to))];
  const failed = messages.filter(
    ({ status, date_created }) =>
      status === 'failed' && Date.now() - Date.parse(date_created) > 2 * 86_400_000,
  );
  let count = 0;
  let cursor: { after: string; at: number } | undefined;

  const list = (first: number): Query => ({
    name: first > 100 ? 'large list' : 'list',
    query: `query List($first: Int!) { messages(first: $first) { nodes { ${FIELDS} } pageInfo { hasNextPage endCursor } } }`,
    variables: { first },
    problemOf({ messages: { nodes, pageInfo } }: Lists) {
      if (first <= 100 && pageInfo) cursor = { after: pageInfo.endCursor, at: first };
      return listProblem(truth, nodes, messages.slice(0, first));
    },
  });
  const page = (): Query => {
    const { after, at } = cursor ?? { after: null, at: 0 };
    return {
      name: 'next page',
      query: `query Page($after: String) { messages(first: 20, after: $after) { nodes { ${FIELDS} } } }`,
      variables: { after },
      problemOf: ({ messages: { nodes } }: Lists) => listProblem(truth, nodes, messages.slice(at, at + 20)),
    };
  };
  const to = (receiver: string | null): Query => ({
    name: 'list by receiver',
    query: `query To($to: Address) { messages(first: 10, filter: { to: $to }) { nodes { ${FIELDS} } } }`,
    variables: { to: receiver },
    problemOf: ({ messages: { nodes } }: Lists) =>
      listProblem(truth, nodes, messages.filter((one) => one.to === receiver).slice(0, 10)),
  });
  const one = (sid: string): Query => ({
    name: 'message',
    query: `query One($sid: MessageSid!) { message(sid: $sid) { ${FIELDS} account { sid } } }`,
    variables: { sid },
    problemOf({ message }: { message: (Node & { account: { sid: string } }) | null }) {
      if (!message) return 'a missing message';
      if (message.sid !== sid) return 'another message';
      return message.account?.sid === message.accountSid ? nodeProblem(truth, message) : 'another account';
    },
  });
  const unseen = (): Query => {
    count += 1;
    const name = `m${count}_${Math.floor(Math.random() * 1e9)}`;
    const { sid } = some(recent);
    return {
      name: 'never seen',
      query: `{ ${name}: message(sid: "${sid}") { ${FIELDS} } }`,
      variables: {},
      problemOf(data: Record<string, Node | null>) {
        const node = data[name];
        return node ? (node.sid === sid ? nodeProblem(truth, node) : 'another message') : 'a missing message';
      },
    };
  };
  const scan = (): Query => ({
    name: 'scan',
    query: `query Scan($until: DateTime!) { messages(first: 5, filter: { status: [FAILED], dateSent: { until: $until } }) { nodes { ${FIELDS} } } }`,
    variables: { until: new Date(Date.now() - 3 * 86_400_000).toISOString() },
    problemOf: ({ messages: { nodes } }: Lists) =>
      nodes.find((node) => node.status !== 'FAILED')
        ? 'a message that did not fail'
        : (nodes.map((node) => nodeProblem(truth, node)).find(Boolean) ??
          (nodes.length === Math.min(5, failed.length) ? null : 'missing messages')),
  });
  const allAccounts = (): Query => ({
    name: 'accounts',
    query: '{ accounts(first: 10) { nodes { sid friendlyName } } }',
    variables: {},
    problemOf({ accounts: { nodes } }: { accounts: { nodes: { sid: string; friendlyName: string }[] } }) {
      const right = accounts.map(({ sid, friendly_name }) => sid + friendly_name).join();
      return nodes.map(({ sid, friendlyName }) => sid + friendlyName).join() === right
        ? null
        : 'wrong accounts';
    },
  });

  return {
    unseen,
    next(): Query {
      const dice = Math.random();
      if (dice < 0.25) return list(some([5, 20, 50]));
      if (dice < 0.35) return page();
      if (dice < 0.5) return to(some(receivers));
      if (dice < 0.8) return one(some(recent).sid);
      if (dice < 0.9) return unseen();
      if (dice < 0.94) return scan();
      if (dice < 0.98) return allAccounts();
      return list(1_000);
    },
  };
}

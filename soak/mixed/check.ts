import type { Known, Truth } from './data.ts';

export const FIELDS = 'sid accountSid from to body status numSegments dateCreated';

export interface Node {
  readonly sid: string;
  readonly accountSid: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly body: string | null;
  readonly status: string;
  readonly numSegments: number | null;
  readonly dateCreated: string;
}

/** Age from which a message is final. Before, its status, sender and segments may change. */
const SETTLED_MS = 86_400_000;
const UNSETTLED: ReadonlySet<keyof Node> = new Set(['status', 'from', 'numSegments']);

/** Returns the problem of a message in a response, or null. */
export function nodeProblem({ bySid }: Truth, node: Node): string | null {
  const known = bySid.get(node.sid);
  if (!known) return 'an unknown message';
  const wrong = (Object.keys(EXPECTED) as (keyof Node)[]).filter(
    (name) => node[name] !== EXPECTED[name](known),
  );
  const settled = Date.now() - Date.parse(known.date_created) > SETTLED_MS;
  const named = wrong.filter((name) => settled || !UNSETTLED.has(name));
  return named.length > 0 ? `wrong ${named.join(', ')}` : null;
}

const EXPECTED: { readonly [K in keyof Node]: (known: Known) => Node[K] } = {
  sid: ({ sid }) => sid,
  accountSid: ({ account_sid }) => account_sid,
  from: ({ from }) => from || null,
  to: ({ to }) => to || null,
  body: ({ body }) => body,
  status: ({ status }) => status.toUpperCase().replaceAll('-', '_'),
  numSegments: ({ num_segments }) => Number(num_segments),
  dateCreated: ({ date_created }) => new Date(date_created).toISOString(),
};

/** Checks the messages of a list, their order and their fields. Returns the problem, or null. */
export function listProblem(truth: Truth, nodes: readonly Node[], expected: readonly Known[]): string | null {
  if (nodes.length !== expected.length) return `${nodes.length} messages instead of ${expected.length}`;
  for (const [i, node] of nodes.entries()) {
    if (node.sid !== expected[i]?.sid) return 'a message in the wrong position';
    const problem = nodeProblem(truth, node);
    if (problem) return problem;
  }
  return null;
}

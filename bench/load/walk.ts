import { Agent, fetch } from 'undici';
import type { WalkJob, WalkResult } from './jobs.ts';

interface Page {
  readonly nodes: readonly { sid: string; status: string }[];
  /** Null at the end. */
  readonly next: string | null;
}

/** Limit for a list that does not end. */
const MAX_PAGES = 2_000;

export async function walk(job: WalkJob): Promise<WalkResult> {
  const sids = new Set<string>();
  let rows = 0;
  let kept = 0;
  let requests = 0;
  let after: string | null = null;
  const agent = new Agent();
  const begun = performance.now();
  const end = (problem: string | null): WalkResult => {
    void agent.close();
    const seconds = (performance.now() - begun) / 1000;
    return { requests, rows, distinct: sids.size, kept, seconds, problem };
  };
  do {
    const page = await fetchPage(job, after, agent);
    requests += 1;
    if (typeof page === 'string') return end(page);
    rows += page.nodes.length;
    for (const { sid, status } of page.nodes) {
      sids.add(sid);
      if (!job.keepFailed || status.toLowerCase() === 'failed') kept += 1;
    }
    after = page.next;
  } while (after && requests < (job.pages ?? MAX_PAGES));
  return end(after && !job.pages ? 'the list does not end' : null);
}

async function fetchPage({ port, request, tail, shape }: WalkJob, after: string | null, dispatcher: Agent) {
  const fill = (text: string) => text.replaceAll('{tail}', tail).replaceAll('{after}', JSON.stringify(after));
  const path = shape === 'upstream' ? (after ?? request.path) : request.path;
  const response = await fetch(`http://127.0.0.1:${port}${fill(path)}`, {
    dispatcher,
    method: request.method,
    headers: request.body ? { 'content-type': 'application/json' } : { authorization: 'Bearer load' },
    body: request.body ? fill(request.body) : null,
  });
  return readPage(await response.json(), shape);
}

interface Connection {
  nodes: Page['nodes'];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

interface List {
  messages: Page['nodes'];
  next_page_uri: string | null;
}

/** Extracts the page from a response, or returns the problem. */
function readPage(response: unknown, shape: WalkJob['shape']): Page | string {
  if (shape === 'upstream') {
    const { messages, next_page_uri } = response as List;
    return { nodes: messages, next: next_page_uri };
  }
  const { data, errors } = response as {
    data?: { messages?: Connection; ListMessage?: List };
    errors?: { message: string }[];
  };
  if (errors?.[0]) return errors[0].message;
  if (shape === 'mesh' && data?.ListMessage) {
    const { messages, next_page_uri: next } = data.ListMessage;
    return { nodes: messages, next: (next && /PageToken=(\w+)/.exec(next)?.[1]) || null };
  }
  if (!data?.messages) return 'the response has no list';
  const { nodes, pageInfo } = data.messages;
  return { nodes, next: pageInfo.hasNextPage ? pageInfo.endCursor : null };
}

import { describe, expect, test } from 'vitest';
import { loadOperations } from '../../src/graphql/trusted-documents.ts';
import { createKit } from '../kit.ts';

const get = (kit: ReturnType<typeof createKit>, path: string, headers: Record<string, string> = {}) =>
  kit.gateway.fetch(`http://localhost${path}`, { headers });

describe('GraphQL over HTTP', () => {
  test('POST and GET return the same', async () => {
    const kit = createKit();
    const query = '{ account { sid } }';
    const posted = await kit.query(query);
    const got = await get(kit, `/graphql?query=${encodeURIComponent(query)}`);
    expect(got.status).toBe(200);
    expect(await got.json()).toEqual(posted);
  });

  test('a mutation cannot be sent by GET', async () => {
    const kit = createKit();
    const response = await get(kit, '/graphql?query=mutation%7Bx%7D');
    expect(response.status).toBe(405);
  });

  test('another path is not found', async () => {
    expect((await get(createKit(), '/graphqlx')).status).toBe(404);
  });
});

describe('trusted documents', () => {
  test('each has the name of its file and is executed by it', async () => {
    const kit = createKit();
    const { data } = await kit.query('{ messages(first: 1) { nodes { sid thread { id } } } }');
    const [message] = data.messages.nodes;
    const variables: Record<string, object> = {
      ExportThread: { thread: message.thread.id },
      GetThread: { with: '+14155550125' },
      ListMessages: { first: 2 },
      RetrieveMessage: { sid: message.sid },
    };
    expect(loadOperations().size).toBeGreaterThan(7);
    for (const [name, document] of loadOperations()) {
      const [operation] = document.definitions;
      expect(operation).toMatchObject({ kind: 'OperationDefinition', name: { value: name } });
      const query = new URLSearchParams({
        documentId: name,
        variables: JSON.stringify(variables[name] ?? {}),
      });
      const answer = (await (await get(kit, `/graphql?${query}`)).json()) as {
        data: object;
        errors?: unknown;
      };
      expect(answer.errors).toBeUndefined();
      expect(Object.values(answer.data)).toEqual([expect.any(Object)]);
    }
  });

  test('invalid variables of a trusted document are rejected as in any query', async () => {
    const kit = createKit();
    const response = await kit.gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ documentId: 'RetrieveMessage', variables: { sid: 'SM1' } }),
    });
    const { errors } = (await response.json()) as { errors: { extensions: object }[] };
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'sid' });
  });
});

describe('GraphiQL', () => {
  /** Returns the page and its script. */
  async function open(kit: ReturnType<typeof createKit>) {
    const response = await get(kit, '/graphql', { accept: 'text/html' });
    const html = await response.text();
    const path = /<script src="([^"]+)"/.exec(html)?.[1] ?? '';
    return { response, html, script: await (await get(kit, `/${path}`)).text() };
  }

  test('is served with all of its assets', async () => {
    const kit = createKit();
    const { response, html, script } = await open(kit);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(script).toContain('query FailedMessages');
    expect(html).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)=["']?(?:https?:|\/\/)/);
  });
});

describe('the log', () => {
  test('has one line per request, with operation, id, calls and error codes', async () => {
    const kit = createKit();
    const response = await kit.gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-request-id': 'case-17',
        'x-twilio-credential': 'sandbox',
      },
      body: JSON.stringify({ query: 'query Mine { account { sid } messages(first: 0) { nodes { sid } } }' }),
    });
    expect(response.headers.get('x-request-id')).toBe('case-17');
    expect(kit.lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        requestId: 'case-17',
        method: 'POST',
        path: '/graphql',
        status: 200,
        operation: 'Mine',
        credential: 'sandbox',
        upstreamCalls: 1,
        errors: ['BAD_USER_INPUT'],
      }),
    ]);
  });

  test('has a generated id for a request without a usable one', async () => {
    const kit = createKit();
    const response = await get(kit, '/health', { 'x-request-id': 'no good\u00e9'.slice(0, 7) });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

import type { Gateway } from '../../src/app.ts';

export interface Shown {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  readonly location: string | null;
  readonly cookies: readonly string[];
}

/** Undefined leaves a header out. */
type More = Readonly<Record<string, string | undefined>>;

/** A browser without a screen: stores cookies, sends forms, and JSON as the console does. */
export interface Visitor {
  readonly jar: Map<string, string>;
  get(path: string, headers?: More): Promise<Shown>;
  /** Sends a form. */
  post(path: string, fields?: Record<string, string>, headers?: More): Promise<Shown>;
  /** Sends JSON as the console does, and GraphiQL. A text is sent as it is. */
  send(path: string, body: unknown, headers?: More): Promise<Response>;
  /** Reads who is signed in. @returns the status of the response */
  viewer(headers?: More): Promise<number>;
  logIn(key: string): Promise<Shown>;
  /** Takes over the cookies of another browser. */
  stealFrom(other: Visitor): Visitor;
  /** All received bodies and headers. */
  received(): string;
}

export function createVisitor(gateway: Pick<Gateway, 'fetch'>, origin = 'http://localhost'): Visitor {
  const jar = new Map<string, string>();
  const seen: string[] = [];

  async function fetch(path: string, init: RequestInit, more: More): Promise<Response> {
    const headers = new Headers();
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    for (const [name, value] of Object.entries(more)) {
      if (value === undefined) headers.delete(name);
      else headers.set(name, value);
    }
    const request = new Request(`${origin}${path}`, { ...init, headers, redirect: 'manual' });
    const response = await gateway.fetch(request);
    for (const cookie of response.headers.getSetCookie()) keep(cookie);
    seen.push([...response.headers].map((pair) => pair.join(': ')).join('\n'));
    return response;
  }

  async function show(path: string, init: RequestInit, more: More): Promise<Shown> {
    const response = await fetch(path, init, more);
    const { status, headers } = response;
    const html = await response.text();
    seen.push(html);
    return { status, headers, html, location: headers.get('location'), cookies: headers.getSetCookie() };
  }

  function keep(cookie: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (value === '') jar.delete(name);
    else jar.set(name, value);
  }

  const own = { origin, 'sec-fetch-site': 'same-origin' };
  const visitor: Visitor = {
    jar,
    get: (path, headers = {}) => show(path, {}, headers),
    post: (path, fields = {}, headers = {}) =>
      show(
        path,
        { method: 'POST', body: new URLSearchParams(fields).toString() },
        { 'content-type': 'application/x-www-form-urlencoded', ...own, ...headers },
      ),
    send: (path, body, headers = {}) =>
      fetch(
        path,
        { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) },
        { 'content-type': 'application/json', 'x-gateway-session': '1', ...own, ...headers },
      ),
    viewer: async (headers) =>
      (await visitor.send('/graphql', { query: '{ viewer { name role } }' }, headers)).status,
    logIn: (key) => visitor.post('/login', { key }),
    stealFrom(other) {
      for (const [name, value] of other.jar) jar.set(name, value);
      return visitor;
    },
    received: () => seen.join('\n'),
  };
  return visitor;
}

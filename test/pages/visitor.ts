import type { Gateway } from '../../src/app.ts';

export interface Shown {
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  readonly location: string | null;
  readonly cookies: readonly string[];
  /** The hidden fields of the last form, unescaped. */
  readonly fields: Record<string, string>;
}

/** A browser without a screen: stores cookies and sends forms with the token of the last page. */
export interface Visitor {
  readonly jar: Map<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<Shown>;
  /** An array repeats a field; a given token replaces the page's. */
  post(
    path: string,
    fields?: Record<string, string | string[]>,
    headers?: Record<string, string>,
  ): Promise<Shown>;
  logIn(key: string): Promise<Shown>;
  /** All received bodies and headers. */
  received(): string;
}

export function createVisitor(gateway: Pick<Gateway, 'fetch'>, origin = 'http://localhost'): Visitor {
  const jar = new Map<string, string>();
  const seen: string[] = [];
  let token = '';

  async function send(path: string, init: RequestInit): Promise<Shown> {
    const headers = new Headers(init.headers);
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await gateway.fetch(
      new Request(`${origin}${path}`, { ...init, headers, redirect: 'manual' }),
    );
    const html = await response.text();
    const cookies = response.headers.getSetCookie();
    for (const cookie of cookies) keep(cookie);
    seen.push([...response.headers].map((pair) => pair.join(': ')).join('\n'), html);
    const fields = hiddenFields(html);
    token = fields.token ?? token;
    const { status, headers: answered } = response;
    return { status, headers: answered, html, location: answered.get('location'), cookies, fields };
  }

  function keep(cookie: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (value === '') jar.delete(name);
    else jar.set(name, value);
  }

  const visitor: Visitor = {
    jar,
    get: (path, headers = {}) => send(path, { headers }),
    post(path, fields = {}, headers = {}) {
      const body = new URLSearchParams({ token });
      for (const [name, value] of Object.entries(fields)) {
        body.delete(name);
        for (const one of [value].flat()) body.append(name, one);
      }
      return send(path, {
        method: 'POST',
        body,
        headers: { origin, 'sec-fetch-site': 'same-origin', ...headers },
      });
    },
    async logIn(key) {
      await visitor.get('/login');
      return visitor.post('/login', { key });
    },
    received: () => seen.join('\n'),
  };
  return visitor;
}

function hiddenFields(html: string): Record<string, string> {
  const last = html.slice(html.lastIndexOf('<form'));
  const fields = last.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return Object.fromEntries([...fields].map(([, name = '', value = '']) => [name, unescaped(value)]));
}

function unescaped(text: string): string {
  return text.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

const ENTITIES: Record<string, string> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};

/** The parts of a request; undefined ones are omitted. */
export interface Parts {
  readonly method?: string;
  readonly target?: string;
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Buffer | undefined;
}

/**
 * Writes the bytes of a request without validation: no client library would send most of these.
 * Header values are written in Latin-1, byte for byte.
 */
export function writeRequest({ method, target = '/graphql', version = '1.1', headers, body }: Parts): Buffer {
  const content = body === undefined ? undefined : Buffer.from(body as string);
  const all: Record<string, string | undefined> = {
    host: 'localhost',
    connection: 'close',
    ...(content ? { 'content-type': 'application/json', 'content-length': String(content.length) } : {}),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  );
  const head = `${method ?? (content ? 'POST' : 'GET')} ${target} HTTP/${version}\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), content ?? Buffer.alloc(0)]);
}

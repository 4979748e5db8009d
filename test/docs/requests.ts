import { type Block, blocksOf } from './markdown.ts';

/** A request in a document, with its documented response. */
export interface ShownRequest {
  line: number;
  body: { query?: string; documentId?: string; variables?: object };
  headers: Record<string, string>;
  /** Undefined when the document shows none; the request must then succeed. */
  response: Block | undefined;
}

/**
 * Finds the requests of a document: every `graphql` block, every `json` block with a query or documentId,
 * and every curl of a `sh` block. A `json` block with `data` or `errors` is the response of the request before it.
 */
export function requestsIn(markdown: string): ShownRequest[] {
  const requests: ShownRequest[] = [];
  for (const block of blocksOf(markdown)) {
    const { line, lang, text } = block;
    const shown = (body: ShownRequest['body'], headers = {}) =>
      requests.push({ line, body, headers, response: undefined });
    if (lang === 'graphql') shown({ query: text });
    if (lang === 'json') {
      const value = JSON.parse(text);
      const last = requests.at(-1);
      if ('query' in value || 'documentId' in value) shown(value);
      else if (last && !last.response) last.response = block;
    }
    if (lang === 'sh') {
      for (const { body, headers } of curls(text)) shown(JSON.parse(body), headers);
    }
  }
  return requests;
}

/** Parses the curl commands that post to the gateway. */
function curls(script: string) {
  const commands = script.replaceAll('\\\n', ' ').split('\n');
  return commands
    .filter((command) => /^curl .*\/graphql/.test(command))
    .map((command) => {
      const body = / -d '([^']*)'/.exec(command)?.[1] ?? '';
      const headers = [...command.matchAll(/ -H '([^:']+): *([^']*)'/g)];
      return { body, headers: Object.fromEntries(headers.map(([, name, value]) => [name, value])) };
    });
}

/** Formats JSON, with values that fit on one line. */
export function pretty(value: unknown, indent = ''): string {
  const flat = JSON.stringify(value, null, 1)
    .replace(/\n\s*/g, ' ')
    .replace(/\[ (.*?) \]$/s, '[$1]');
  if (flat.length + indent.length <= 108 || typeof value !== 'object' || value === null) return flat;
  const inner = `${indent}  `;
  const isArray = Array.isArray(value);
  const items = Object.entries(value).map(
    ([key, item]) => inner + (isArray ? '' : `${JSON.stringify(key)}: `) + pretty(item, inner),
  );
  const [open, close] = isArray ? '[]' : '{}';
  return `${open}\n${items.join(',\n')}\n${indent}${close}`;
}

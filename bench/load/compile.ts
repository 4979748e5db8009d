import { randomBytes } from 'node:crypto';
import type { RequestTemplate } from './jobs.ts';

/** Returns the text of the next request. */
export type Next = () => string;

/**
 * Compiles a template. `{index}` becomes a different message in each request; `{tail}` becomes the given account, or a
 * different account in each request when `tail` is null.
 */
export function compile(template: RequestTemplate, tail: string | null): Next {
  const run = randomBytes(4).toString('hex');
  let count = 0;
  const fill = (text: string) =>
    text.split(/(\{tail\}|\{index\})/).map((part) => ({ part, hole: /^\{(?:tail|index)\}$/.test(part) }));
  const parts = fill(textOf(template));
  // Without variable parts, the text is constant.
  if (tail !== null && !parts.some(({ part }) => part === '{index}')) {
    const text = parts.map(({ part, hole }) => (hole ? tail : part)).join('');
    return () => text;
  }
  return () => {
    count += 1;
    const account = tail ?? run + count.toString(16).padStart(16, '0');
    const index = count.toString(16).padStart(8, '0');
    let text = '';
    for (const { part, hole } of parts) text += hole ? (part === '{tail}' ? account : index) : part;
    return text;
  };
}

/** @param headers complete lines, each with its CRLF */
export function textOf({ method, path, body }: RequestTemplate, headers = ''): string {
  const length = Buffer.byteLength(
    body.replaceAll('{tail}', '0'.repeat(24)).replaceAll('{index}', '0'.repeat(8)),
  );
  const entity = body
    ? `content-type: application/json\r\ncontent-length: ${length}\r\n`
    : 'authorization: Bearer load\r\n';
  return `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\n${headers}${entity}\r\n${body}`;
}

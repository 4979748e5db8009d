import { connect } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

/** One response, as received. */
export interface RawResponse {
  readonly status: number;
  readonly headers: string;
  /** Decompressed. */
  readonly body: string;
}

export interface Exchange {
  readonly responses: readonly RawResponse[];
  /** "answered": all expected responses; "closed": the gateway closed before that; "hung": neither, in time. */
  readonly end: 'answered' | 'closed' | 'left' | 'hung';
}

export interface ToSend {
  /** Sent one after the other. */
  readonly pieces: readonly Buffer[];
  /** The number of expected responses. 0: the client disconnects after sending. */
  readonly responses: number;
  /** Pause between the pieces, in milliseconds. @default no pause */
  readonly pauseMs?: number;
}

/** Much longer than any limit of the gateway. */
const GIVE_UP_MS = 20_000;

/** Sends arbitrary bytes on a new connection and reads the responses. */
export function exchange(port: number, { pieces, responses, pauseMs = 0 }: ToSend): Promise<Exchange> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => finish('hung'), GIVE_UP_MS);
    const isHead = /^HEAD /.test(pieces[0]?.subarray(0, 5).toString() ?? '');

    function finish(end: Exchange['end']): void {
      clearTimeout(timer);
      socket.destroy();
      resolve({ end, responses: parse(Buffer.concat(chunks), isHead, true) });
    }

    socket.on('error', () => {});
    socket.once('close', () => finish(responses === 0 ? 'left' : 'closed'));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (responses > 0 && parse(Buffer.concat(chunks), isHead, false).length >= responses)
        finish('answered');
    });
    socket.once('connect', async () => {
      for (const [index, piece] of pieces.entries()) {
        if (index > 0 && pauseMs > 0) await new Promise((done) => setTimeout(done, pauseMs));
        if (socket.writable) socket.write(piece);
      }
      if (responses === 0) setTimeout(() => finish('left'), pauseMs);
    });
  });
}

/** Parses the complete responses; if `ended`, the rest counts as one too. */
function parse(bytes: Buffer, isHead: boolean, ended: boolean): RawResponse[] {
  const found: RawResponse[] = [];
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf('\r\n\r\n', at);
    if (blank < 0) break;
    const head = bytes.subarray(at, blank).toString('latin1');
    const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(head)?.[1] ?? 0);
    const begin = blank + 4;
    if (status >= 100 && status < 200) {
      at = begin;
      continue;
    }
    const body = bodyOf(bytes.subarray(begin), head, isHead || status === 204 || status === 304, ended);
    if (!body) break;
    found.push({ status, headers: head, body: unpack(head, body.content) });
    at = begin + body.length;
  }
  return found;
}

function bodyOf(rest: Buffer, head: string, none: boolean, ended: boolean) {
  if (none) return { content: Buffer.alloc(0), length: 0 };
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    if (rest.length < Number(length) && !ended) return undefined;
    return { content: rest.subarray(0, Number(length)), length: Number(length) };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) {
    return ended ? { content: rest, length: rest.length } : undefined;
  }
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = rest.indexOf('\r\n', at);
    if (line < 0) return ended ? { content: Buffer.concat(parts), length: rest.length } : undefined;
    const size = Number.parseInt(rest.subarray(at, line).toString('latin1'), 16);
    const next = line + 2 + size + 2;
    if (size === 0) return { content: Buffer.concat(parts), length: next };
    parts.push(rest.subarray(line + 2, line + 2 + size));
    at = next;
  }
}

function unpack(head: string, content: Buffer): string {
  const encoding = /\r\ncontent-encoding: *(\w+)/i.exec(head)?.[1];
  try {
    if (encoding === 'br') return brotliDecompressSync(content).toString();
    if (encoding === 'gzip') return gunzipSync(content).toString();
  } catch {
    // Truncated: nothing of it can be decoded.
    return '';
  }
  return content.toString();
}

import type { Handle } from './service.ts';
import type { SandboxResponse } from './types.ts';

/** A `fetch` that answers in-process. Aborts and broken connections look as they do with the global one. */
export function createFetch(handle: Handle) {
  return async function fetch(input: Request | string | URL, init?: RequestInit): Promise<Response> {
    const relative = typeof input === 'string' && input.startsWith('/');
    const request = new Request(relative ? `http://sandbox${input}` : input, init);
    const { signal } = request;
    signal.throwIfAborted();
    const { pathname, search } = new URL(request.url);
    const message = {
      method: request.method,
      url: pathname + search,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    };
    try {
      return toResponse(await handle(message, signal));
    } catch (error) {
      // The timer rejects with an error of its own; fetch rejects with the reason of the signal.
      signal.throwIfAborted();
      throw error;
    }
  };
}

function toResponse({ status, headers, body, bytes: file, broken }: SandboxResponse): Response {
  if (broken === 'reset') {
    const cause = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    throw new TypeError('fetch failed', { cause });
  }
  const bytes = file ? Uint8Array.from(file) : new TextEncoder().encode(body);
  if (broken === undefined) return new Response(file ? bytes : body, { status, headers });
  let half: Uint8Array | null = bytes.subarray(0, bytes.length >> 1);
  const stream = new ReadableStream<Uint8Array>({
    // In two pulls: an error right after enqueue would throw the queued half away.
    pull(controller) {
      if (half) controller.enqueue(half);
      else controller.error(new TypeError('terminated', { cause: new Error('other side closed') }));
      half = null;
    },
  });
  return new Response(stream, { status, headers: { ...headers, 'content-length': String(bytes.length) } });
}

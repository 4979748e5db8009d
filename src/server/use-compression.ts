import type { Plugin } from 'graphql-yoga';
import { compress } from './http/compress.ts';

/** Compresses large answers for clients that say they take it. */
export function useCompression(fromBytes: number): Plugin {
  return {
    async onResponse({ request, response, setResponse, fetchAPI }) {
      // What varies by it has chosen its encoding.
      if (response.headers.get('vary')?.includes('accept-encoding')) return;
      if (fromBytes === 0 || Number(response.headers.get('content-length') ?? 0) < fromBytes) return;
      const encoded = await compress(
        await response.text(),
        request.headers.get('accept-encoding'),
        fromBytes,
      );
      if (!encoded) return;
      const { status, headers } = response;
      const { body, encoding } = encoded;
      headers.set('content-encoding', encoding);
      headers.set('content-length', String(body.length));
      // The guard's own, where origins are listed, is written over.
      headers.append('vary', 'accept-encoding, origin');
      setResponse(new fetchAPI.Response(body, { status, headers }));
    },
  };
}

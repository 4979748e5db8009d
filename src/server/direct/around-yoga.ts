import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../../log.ts';
import { compress } from '../http/compress.ts';
import { plainJsonType } from '../http/media-types.ts';
import type { AnswerDirectly, DirectAnswer, LeftToYoga } from './answer-directly.ts';
import { fromNode, fromRequest, type Incoming, isOrdinary, isOrdinaryRequest, readBody } from './incoming.ts';

/** As much of yoga as is needed here. */
interface Yoga {
  (request: IncomingMessage, response: ServerResponse, ...context: LeftToYoga[]): unknown;
  fetch(request: Request, ...context: LeftToYoga[]): Response | Promise<Response>;
}

/** Answers directly what can be, and hands the rest to yoga. */
export function aroundYoga(
  yoga: Yoga,
  answerDirectly: AnswerDirectly,
  { compressFromBytes, log }: { compressFromBytes: number; log: Pick<Logger, 'error'> },
) {
  async function encode({ status, headers, body }: DirectAnswer, incoming: Incoming) {
    const encoded = await compress(body, incoming.header('accept-encoding'), compressFromBytes);
    if (!encoded) return { status, headers, body };
    const more = { 'content-encoding': encoded.encoding, vary: 'accept-encoding, origin' };
    return { status, headers: { ...headers, ...more }, body: encoded.body };
  }

  async function handleOrdinary(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(request);
    // The client went away.
    if (text === null) return;
    const incoming = fromNode(request, response, text);
    const answer = await answerDirectly(incoming);
    if ('arrivedAt' in answer) {
      // Where the adapter looks for a body that somebody else has read.
      yoga(Object.assign(request, { body: text }), response, answer);
      return;
    }
    const { status, headers, body } =
      answer.body.length < compressFromBytes ? answer : await encode(answer, incoming);
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  }

  return {
    /** For node:http's createServer. */
    handle(request: IncomingMessage, response: ServerResponse): void {
      const type = request.headers['content-type'];
      if (type) request.headers['content-type'] = plainJsonType(type);
      if (!isOrdinary(request)) return void yoga(request, response);
      handleOrdinary(request, response).catch((err: unknown) => {
        // Nobody waits for this promise: what it does not catch would end the process, and all other requests.
        log.error({ err }, 'unexpected error');
        response.destroy();
      });
    },
    /** Answers in-process, as over HTTP. */
    async fetch(request: Request): Promise<Response> {
      const type = request.headers.get('content-type');
      if (type) request.headers.set('content-type', plainJsonType(type));
      if (!isOrdinaryRequest(request)) return yoga.fetch(request);
      const text = await request.text();
      const incoming = fromRequest(request, text);
      const answer = await answerDirectly(incoming);
      if ('arrivedAt' in answer) {
        const { url, method, headers, signal } = request;
        return yoga.fetch(new Request(url, { method, headers, signal, body: text }), answer);
      }
      const { status, headers, body } = await encode(answer, incoming);
      return new Response(body, { status, headers });
    },
  };
}

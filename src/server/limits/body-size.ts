import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyTooLargeError } from '../../errors/http.ts';

/** Refuses a body by the length it says; one that says none is handed to `cutOff` where it grows too large. */
export function limitBody(
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
  cutOff: (request: IncomingMessage, response: ServerResponse, error: BodyTooLargeError) => void,
): BodyTooLargeError | undefined {
  const length = request.headers['content-length'];
  // Node reads no more of a body than its length says.
  if (length !== undefined) {
    return Number(length) > maxBytes ? new BodyTooLargeError(maxBytes, Number(length)) : undefined;
  }
  if (request.headers['transfer-encoding'] === undefined) return undefined;
  let size = 0;
  // To listen for its data would set the stream flowing before anyone else listens, so the source is counted.
  const push = request.push.bind(request);
  request.push = (chunk: Buffer | null, encoding) => {
    size += chunk?.length ?? 0;
    if (size <= maxBytes) return push(chunk, encoding);
    cutOff(request, response, new BodyTooLargeError(maxBytes, size));
    return false;
  };
  return undefined;
}

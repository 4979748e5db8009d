import { GatewayError, quote } from './gateway-error.ts';

/** BODY_TOO_LARGE */
export class BodyTooLargeError extends GatewayError {
  constructor(limit: number, actual: number) {
    super('BODY_TOO_LARGE', `The body has more than ${limit} bytes. Send less at once.`, {
      extensions: { limit, actual },
    });
  }
}

/** HEADERS_TOO_LARGE: reading ended at the limit. */
export class HeadersTooLargeError extends GatewayError {
  constructor(limit: number) {
    super('HEADERS_TOO_LARGE', `The request line and headers have more than ${limit} bytes together.`, {
      extensions: { limit, actual: limit + 1 },
    });
  }
}

/** CLIENT_TOO_SLOW: the request did not arrive completely within the timeout. */
export class ClientTooSlowError extends GatewayError {
  constructor(limit: number) {
    super('CLIENT_TOO_SLOW', `The request did not arrive completely within ${limit} ms. Send it again.`, {
      extensions: { limit, actual: limit },
    });
  }
}

/** BAD_REQUEST: not HTTP. */
export class BadHttpError extends GatewayError {
  constructor() {
    super('BAD_REQUEST', 'This is not an HTTP request.');
  }
}

/** BAD_REQUEST: a missing, repeated or invalid Host header, or a target without a path. */
export class BadAddressError extends GatewayError {
  constructor() {
    super(
      'BAD_REQUEST',
      'The request must have exactly one header "Host", which names a host, and a path that begins with "/". Correct the address.',
    );
  }
}

/** PATH_UNKNOWN */
export class PathUnknownError extends GatewayError {
  constructor() {
    super('PATH_UNKNOWN', 'Not found. GraphQL is at /graphql.');
  }
}

/** BAD_REQUEST: parameters of a GET that are not JSON. The message does not repeat them. */
export class BadParametersError extends GatewayError {
  constructor() {
    super('BAD_REQUEST', 'The parameters "variables" and "extensions" must be JSON objects.');
  }
}

/** GATEWAY_OVERLOADED: rejected immediately instead of queued. */
export class OverloadedError extends GatewayError {
  constructor(limit: number, actual: number) {
    super('GATEWAY_OVERLOADED', 'The gateway is handling as many requests as it can. Try again later.', {
      extensions: { limit, actual },
      headers: { 'retry-after': '1' },
    });
  }
}

/** RATE_LIMITED: by this gateway, not by Twilio. */
export class RateLimitedCallerError extends GatewayError {
  constructor(name: string, limit: number, actual: number, retryAfterSeconds: number) {
    super(
      'RATE_LIMITED',
      `${quote(name)} sent more than ${limit} requests within a minute. Try again in ${retryAfterSeconds} s.`,
      { extensions: { limit, actual }, headers: { 'retry-after': String(retryAfterSeconds) } },
    );
  }
}

/** CROSS_ORIGIN_REFUSED: a browser sent the request for a page of another site. */
export class CrossOriginError extends GatewayError {
  constructor() {
    super(
      'CROSS_ORIGIN_REFUSED',
      'Pages of other sites may not send requests to this gateway. An operator can add an origin to ALLOWED_ORIGINS.',
    );
  }
}

/** NOT_ACCEPTABLE: the response is JSON, which the Accept header excludes. */
export class NotAcceptableError extends GatewayError {
  constructor() {
    super(
      'NOT_ACCEPTABLE',
      'Responses are JSON in UTF-8. Send the header "accept: application/graphql-response+json, application/json", or none.',
    );
  }
}

/** UNSUPPORTED_MEDIA_TYPE: not JSON. Any web page can make a browser send forms and plain text. */
export class UnsupportedMediaTypeError extends GatewayError {
  constructor() {
    super('UNSUPPORTED_MEDIA_TYPE', 'Send JSON, with the header "content-type: application/json".');
  }
}

/** BAD_REQUEST with the status 405 */
export class MethodNotAllowedError extends GatewayError {
  constructor(allow: string) {
    super('BAD_REQUEST', `Method not allowed. Use ${allow}.`, { headers: { allow }, status: 405 });
  }
}

/** BAD_REQUEST: a body that is not a JSON object. The message does not repeat it. */
export class BadBodyError extends GatewayError {
  constructor() {
    super('BAD_REQUEST', 'The body must be a JSON object with "query" or "documentId".');
  }
}

/** BAD_REQUEST: neither a query nor the name of a trusted document. */
export class NoQueryError extends GatewayError {
  constructor() {
    super('BAD_REQUEST', 'The request has neither a "query" nor a "documentId". Send one of them.');
  }
}

/** DOCUMENT_NOT_TRUSTED: a query, where only trusted documents are executed. */
export class DocumentNotTrustedError extends GatewayError {
  constructor(known: string) {
    super(
      'DOCUMENT_NOT_TRUSTED',
      `This gateway executes trusted documents only. Send a "documentId" instead of a "query": ${known}.`,
    );
  }
}

/** OPERATION_UNKNOWN: a documentId that does not name a trusted document. */
export class OperationUnknownError extends GatewayError {
  constructor(known: string) {
    super('OPERATION_UNKNOWN', `There is no trusted document with this name. Use one of: ${known}.`);
  }
}

/**
 * PERSISTED_QUERY_NOT_SUPPORTED: a hash instead of a query. Apollo Client and urql recognize the message and then send
 * the query itself.
 *
 * @see https://www.apollographql.com/docs/apollo-server/performance/apq
 */
export class PersistedQueryNotSupportedError extends GatewayError {
  constructor() {
    super('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
  }
}

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

/** CLIENT_TOO_SLOW: the request was not there whole in time. */
export class ClientTooSlowError extends GatewayError {
  constructor(limit: number) {
    super('CLIENT_TOO_SLOW', `The request did not arrive whole within ${limit} ms. Send it again.`, {
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

/** BAD_REQUEST: without a host, with several, with an invalid one, or to no path. */
export class BadAddressError extends GatewayError {
  constructor() {
    super(
      'BAD_REQUEST',
      'The request must have exactly one header "Host", which names a host, and a path that begins with "/". Correct the address.',
    );
  }
}

/** PATH_UNKNOWN: nothing is there. */
export class PathUnknownError extends GatewayError {
  constructor() {
    super('PATH_UNKNOWN', 'Nothing is at this path. GraphQL is at /graphql.');
  }
}

/** BAD_REQUEST: parameters of a GET that are no JSON; they are not repeated. */
export class BadParametersError extends GatewayError {
  constructor() {
    super('BAD_REQUEST', 'The parameters "variables" and "extensions" must be JSON objects.');
  }
}

/** GATEWAY_OVERLOADED: turned away at once rather than kept waiting. */
export class OverloadedError extends GatewayError {
  constructor(limit: number, actual: number) {
    super('GATEWAY_OVERLOADED', 'The gateway is answering as many requests as it can. Ask again later.', {
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
      `${quote(name)} has asked more than ${limit} times within a minute. Ask again in ${retryAfterSeconds} s.`,
      { extensions: { limit, actual }, headers: { 'retry-after': String(retryAfterSeconds) } },
    );
  }
}

/** CROSS_ORIGIN_REFUSED: a browser asks for a page of another site. */
export class CrossOriginError extends GatewayError {
  constructor() {
    super(
      'CROSS_ORIGIN_REFUSED',
      'A page of another site may not ask this gateway from a browser. An operator can list its origin in ALLOWED_ORIGINS.',
    );
  }
}

/** NOT_ACCEPTABLE: the answer is in JSON, and the client takes none. */
export class NotAcceptableError extends GatewayError {
  constructor() {
    super(
      'NOT_ACCEPTABLE',
      'Answers are JSON in UTF-8. Send the header "accept: application/graphql-response+json, application/json", or none.',
    );
  }
}

/** UNSUPPORTED_MEDIA_TYPE: not JSON; forms and plain text any page could make a browser send. */
export class UnsupportedMediaTypeError extends GatewayError {
  constructor() {
    super('UNSUPPORTED_MEDIA_TYPE', 'Send JSON, with the header "content-type: application/json".');
  }
}

/** BAD_REQUEST: GraphQL is served to GET and POST. */
export class MethodNotAllowedError extends GatewayError {
  constructor(allow: string) {
    super('BAD_REQUEST', `This path answers ${allow}.`, { headers: { allow }, status: 405 });
  }
}

/** BAD_REQUEST: a body that is not JSON, or not an object. It is not repeated. */
export class BadBodyError extends GatewayError {
  constructor() {
    super('BAD_REQUEST', 'The body must be a JSON object with "query" or "documentId".');
  }
}

/** BAD_REQUEST: neither a text nor the name of a trusted document. */
export class NoQueryError extends GatewayError {
  constructor() {
    super('BAD_REQUEST', 'The request holds neither a "query" nor a "documentId". Send one of the two.');
  }
}

/** DOCUMENT_NOT_TRUSTED: the text of a query, where only trusted documents are executed. */
export class DocumentNotTrustedError extends GatewayError {
  constructor(known: string) {
    super(
      'DOCUMENT_NOT_TRUSTED',
      `This gateway executes known operations only. Send "documentId" in the place of "query": ${known}.`,
    );
  }
}

/** OPERATION_UNKNOWN: no trusted document of this name. */
export class OperationUnknownError extends GatewayError {
  constructor(known: string) {
    super('OPERATION_UNKNOWN', `There is no operation of this name. Use one of: ${known}.`);
  }
}

/**
 * PERSISTED_QUERY_NOT_SUPPORTED: a hash in the place of a query. Apollo's client and urql compare the message, and then
 * send the query itself.
 *
 * @see https://www.apollographql.com/docs/apollo-server/performance/apq
 */
export class PersistedQueryNotSupportedError extends GatewayError {
  constructor() {
    super('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
  }
}

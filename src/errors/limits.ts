import { GatewayError } from './gateway-error.ts';

/** The limit and the actual value, for `extensions`. */
const exceeded = (limit: number, actual: number) => ({ extensions: { limit, actual } });

const MEASURED = {
  calls: 'calls to Twilio',
  rows: 'messages and accounts',
  values: 'values in the response',
  schemaBytes: 'bytes of introspection',
};

export type CostMeasure = keyof typeof MEASURED;

/** QUERY_TOO_COSTLY: the estimated cost, in calls, rows or values, exceeds the limit of one query. */
export class QueryTooCostlyError extends GatewayError {
  constructor(measure: CostMeasure, limit: number, actual: number) {
    const what = MEASURED[measure];
    super(
      'QUERY_TOO_COSTLY',
      `This query may take ${actual} ${what}; ${limit} are allowed. Request fewer items at once, or split the query.`,
      { extensions: { measure, ...exceeded(limit, actual).extensions } },
    );
  }
}

/** QUERY_TOO_DEEP: the document nests more brackets than the parser may process. */
export class QueryTooDeepError extends GatewayError {
  constructor(limit: number, actual: number) {
    super(
      'QUERY_TOO_DEEP',
      `The document nests brackets ${actual} levels deep; ${limit} are allowed.`,
      exceeded(limit, actual),
    );
  }
}

/** QUERY_TOO_DEEP: the fields are nested too deeply, with fragments expanded. */
export class MaxDepthError extends GatewayError {
  constructor(limit: number, actual: number) {
    super(
      'QUERY_TOO_DEEP',
      `The query is ${actual} levels deep; ${limit} are allowed. Request the inner parts in a separate query.`,
      exceeded(limit, actual),
    );
  }
}

/** TOO_MANY_FIELDS */
export class TooManyFieldsError extends GatewayError {
  constructor(limit: number, actual: number) {
    super(
      'TOO_MANY_FIELDS',
      `With its fragments expanded, the query has ${actual} fields; ${limit} are allowed. Select fewer fields, or split the query.`,
      exceeded(limit, actual),
    );
  }
}

/** TOO_MANY_REPEATED_FIELDS */
export class RepeatedFieldsError extends GatewayError {
  constructor(limit: number, actual: number) {
    super(
      'TOO_MANY_REPEATED_FIELDS',
      'The query repeats a field too often in one selection. Select each field once, or use aliases.',
      exceeded(limit, actual),
    );
  }
}

/** TOO_MANY_ALIASES */
export class TooManyAliasesError extends GatewayError {
  constructor(limit: number, actual: number) {
    super(
      'TOO_MANY_ALIASES',
      `The query has ${actual} aliases; ${limit} are allowed. Split the query, or use nodes(ids: …).`,
      exceeded(limit, actual),
    );
  }
}

/** TOO_MANY_DIRECTIVES */
export class TooManyDirectivesError extends GatewayError {
  constructor(limit: number, actual: number) {
    super(
      'TOO_MANY_DIRECTIVES',
      `The query has ${actual} directives; ${limit} are allowed. Omit the unwanted parts instead.`,
      exceeded(limit, actual),
    );
  }
}

/** TOO_MANY_TOKENS: the lexer stopped at the limit, so the actual number is unknown. */
export class TooManyTokensError extends GatewayError {
  constructor(limit: number) {
    super(
      'TOO_MANY_TOKENS',
      `The query has more than ${limit} tokens. Move values into variables, or split the query.`,
      exceeded(limit, limit + 1),
    );
  }
}

const INPUT = {
  bytes: 'bytes',
  items: 'items in one list',
  keys: 'fields in one object',
  levels: 'levels',
};

export type InputMeasure = keyof typeof INPUT;

/** INPUT_TOO_LARGE: counting stopped at the limit. */
export class InputTooLargeError extends GatewayError {
  constructor(argument: 'variables' | 'extensions' | 'query', measure: InputMeasure, limit: number) {
    const what = INPUT[measure];
    super(
      'INPUT_TOO_LARGE',
      `The input in "${argument}" has more than ${limit} ${what}. Send less at once.`,
      {
        extensions: { argument, measure, ...exceeded(limit, limit + 1).extensions },
      },
    );
  }
}

/** RESPONSE_TOO_LARGE: the query was executed, but its result is not sent. */
export class ResponseTooLargeError extends GatewayError {
  constructor(limit: number) {
    super(
      'RESPONSE_TOO_LARGE',
      `The response has more than ${limit} bytes. Request fewer items or fields at once, or split the query.`,
      { extensions: { limit, actual: limit + 1 } },
    );
  }
}

/** BATCH_TOO_LARGE: a request with a list of operations. */
export class BatchTooLargeError extends GatewayError {
  constructor(actual: number) {
    super(
      'BATCH_TOO_LARGE',
      'Batching is not supported: a request has one operation. Send separate requests, or one query with aliases.',
      { extensions: { limit: 1, actual } },
    );
  }
}

/** INTROSPECTION_DISABLED */
export class IntrospectionDisabledError extends GatewayError {
  constructor() {
    super('INTROSPECTION_DISABLED', 'Introspection is disabled on this gateway.');
  }
}

/** UPSTREAM_CALL_LIMIT: the fields beyond the limit are null; the others are unaffected. */
export class UpstreamCallLimitError extends GatewayError {
  constructor(nickname: string, limit: number) {
    super(
      'UPSTREAM_CALL_LIMIT',
      `This operation has made ${limit} calls to Twilio with the credential "${nickname}", which is the maximum. Request the rest in a separate query.`,
      { extensions: { credential: nickname, limit, actual: limit + 1 } },
    );
  }
}

import { GatewayError } from './gateway-error.ts';

/** What was allowed and what was sent. */
const exceeded = (limit: number, actual: number) => ({ extensions: { limit, actual } });

const MEASURED = {
  calls: 'calls to Twilio',
  rows: 'messages and accounts',
  values: 'values in the response',
  schemaBytes: "bytes of the schema's description",
};

export type CostMeasure = keyof typeof MEASURED;

/** QUERY_TOO_COSTLY: it might take more of Twilio, or more of the gateway, than one query may. */
export class QueryTooCostlyError extends GatewayError {
  constructor(measure: CostMeasure, limit: number, actual: number) {
    const what = MEASURED[measure];
    super(
      'QUERY_TOO_COSTLY',
      `This query may take ${actual} ${what}; ${limit} are allowed. Ask for fewer items at once, or in several queries.`,
      { extensions: { measure, ...exceeded(limit, actual).extensions } },
    );
  }
}

/** QUERY_TOO_DEEP: brackets within brackets, as no query needs them. */
export class QueryTooDeepError extends GatewayError {
  constructor(limit: number, actual: number) {
    super(
      'QUERY_TOO_DEEP',
      `The text has ${actual} brackets within one another; ${limit} are allowed.`,
      exceeded(limit, actual),
    );
  }
}

/** QUERY_TOO_DEEP: fields within fields, once fragments are expanded. */
export class MaxDepthError extends GatewayError {
  constructor(limit: number, actual: number) {
    super(
      'QUERY_TOO_DEEP',
      `The query is ${actual} levels deep; ${limit} are allowed. Ask for the inner parts in a query of their own.`,
      exceeded(limit, actual),
    );
  }
}

/** TOO_MANY_FIELDS */
export class TooManyFieldsError extends GatewayError {
  constructor(limit: number, actual: number) {
    super(
      'TOO_MANY_FIELDS',
      `With its fragments written out, the query has ${actual} fields; ${limit} are allowed. Ask for fewer, or in several queries.`,
      exceeded(limit, actual),
    );
  }
}

/** TOO_MANY_REPEATED_FIELDS */
export class RepeatedFieldsError extends GatewayError {
  constructor(limit: number, actual: number) {
    super(
      'TOO_MANY_REPEATED_FIELDS',
      'The query selects the same field too often in one place. Select each field once, or give it another alias.',
      exceeded(limit, actual),
    );
  }
}

/** TOO_MANY_ALIASES */
export class TooManyAliasesError extends GatewayError {
  constructor(limit: number, actual: number) {
    super(
      'TOO_MANY_ALIASES',
      `The query has ${actual} aliases; ${limit} are allowed. Ask in several queries, or by nodes(ids: …).`,
      exceeded(limit, actual),
    );
  }
}

/** TOO_MANY_DIRECTIVES */
export class TooManyDirectivesError extends GatewayError {
  constructor(limit: number, actual: number) {
    super(
      'TOO_MANY_DIRECTIVES',
      `The query has ${actual} directives; ${limit} are allowed. Leave out the parts that are not wanted.`,
      exceeded(limit, actual),
    );
  }
}

/** TOO_MANY_TOKENS: reading ended at the limit, so that nobody knows how many there were. */
export class TooManyTokensError extends GatewayError {
  constructor(limit: number) {
    super(
      'TOO_MANY_TOKENS',
      `The query has more than ${limit} tokens and was not read to its end. Put values into variables, or ask in several queries.`,
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

/** INPUT_TOO_LARGE: reading ended at the limit. */
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

/** RESPONSE_TOO_LARGE: the query ran, and nothing of its result is sent. */
export class ResponseTooLargeError extends GatewayError {
  constructor(limit: number) {
    super(
      'RESPONSE_TOO_LARGE',
      `The response has more than ${limit} bytes. Ask for fewer items or fields at once, or in several queries.`,
      { extensions: { limit, actual: limit + 1 } },
    );
  }
}

/** BATCH_TOO_LARGE: a request holds one operation. */
export class BatchTooLargeError extends GatewayError {
  constructor(actual: number) {
    super(
      'BATCH_TOO_LARGE',
      'One request holds one operation, not a list of them. Send them as requests of their own, or as one query with aliases.',
      { extensions: { limit: 1, actual } },
    );
  }
}

/** INTROSPECTION_DISABLED: this gateway does not tell its schema. */
export class IntrospectionDisabledError extends GatewayError {
  constructor() {
    super('INTROSPECTION_DISABLED', 'This gateway does not answer questions about its schema.');
  }
}

/** UPSTREAM_CALL_LIMIT: the fields beyond it are null, the rest of the answer stands. */
export class UpstreamCallLimitError extends GatewayError {
  constructor(nickname: string, limit: number) {
    super(
      'UPSTREAM_CALL_LIMIT',
      `This operation has made ${limit} calls to Twilio under the credential "${nickname}", as many as are allowed. Ask for the rest in a query of its own.`,
      { extensions: { credential: nickname, limit, actual: limit + 1 } },
    );
  }
}

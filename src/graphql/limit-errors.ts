import { GraphQLError } from 'graphql';
import { shorten } from '../errors/gateway-error.ts';

/** Of all errors of a response without data: the first say what is wrong. */
const MOST_BYTES = 4 * 1024;
/** Where one error is about many fields. */
const MOST_LOCATIONS = 5;
const MOST_TEXT = 200;

/**
 * Keeps errors from repeating what they reject: texts are cut, and of the errors of a response without data only the
 * first few are left. Beside data all are left, for each says why something there is null.
 */
export function limitErrors(errors: readonly GraphQLError[], hasData: boolean): GraphQLError[] {
  const limited: GraphQLError[] = [];
  let bytes = 0;
  for (const error of errors) {
    const short = shortened(error, hasData);
    bytes += hasData ? 0 : Buffer.byteLength(JSON.stringify(short));
    if (limited.length > 0 && bytes > MOST_BYTES) break;
    limited.push(short);
  }
  return limited;
}

function shortened(error: GraphQLError, hasData: boolean): GraphQLError {
  error.message = shorten(error.message);
  for (const [name, value] of Object.entries(error.extensions)) {
    if (typeof value === 'string') error.extensions[name] = shorten(value, MOST_TEXT);
  }
  const { nodes = [], path = [] } = error;
  const isLong = (key: string | number) => String(key).length > MOST_TEXT;
  if (nodes.length <= MOST_LOCATIONS && (hasData || !path.some(isLong))) return error;
  const { message, originalError, extensions } = error;
  return new GraphQLError(message, {
    nodes: nodes.slice(0, MOST_LOCATIONS),
    ...(path.length > 0 && {
      path: hasData ? path : path.map((key) => (isLong(key) ? shorten(String(key), MOST_TEXT) : key)),
    }),
    ...(originalError && { originalError }),
    extensions,
  });
}

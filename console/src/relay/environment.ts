import {
  Environment,
  type FetchFunction,
  type GraphQLResponse,
  Network,
  Observable,
  RecordSource,
  Store,
} from 'relay-runtime';
import { GatewayError } from './gateway-error.ts';
import { postDocument } from './post.ts';

/**
 * Fails the whole query where a root field failed, or a field of what `node` reads, because a screen is nothing without
 * it. An error further down leaves the rest intact: Relay keeps it with its field, where `@catch` reads it.
 */
const fetchDocument: FetchFunction = ({ id }, variables) =>
  Observable.create((sink) => {
    const aborted = new AbortController();
    postDocument(id ?? '', variables, aborted.signal).then(
      ({ response, headers }) => {
        const { data, errors = [] } = response;
        const fatal = errors.find(({ path }) => !data || !path || path.length < (path[0] === 'node' ? 3 : 2));
        if (fatal || !data) {
          sink.error(new GatewayError(fatal ?? { message: 'The response has no data.' }, { headers }));
          return;
        }
        sink.next(response as GraphQLResponse);
        sink.complete();
      },
      (error: Error) => sink.error(error),
    );
    return () => aborted.abort();
  });

export function createEnvironment(): Environment {
  return new Environment({
    network: Network.create(fetchDocument),
    // The data of screens that were left is released at once, but for the last few.
    store: new Store(new RecordSource(), { gcReleaseBufferSize: 4 }),
  });
}

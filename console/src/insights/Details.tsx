import { graphql, useLazyLoadQuery } from 'react-relay';
import type { DetailsQuery } from '#relay/DetailsQuery';
import { DIRECTIONS, type Filter, type MessageArguments } from '../filters/filter.ts';
import { useViewer } from '../shell/viewer.ts';
import { fetchOptionsAt } from '../time/instant.ts';
import { FailureCountries } from './FailureCountries.tsx';
import { hasFailures } from './links.ts';
import { Senders } from './Senders.tsx';
import type { View } from './view.ts';

interface DetailsProps {
  readonly view: View;
  /** Where the other figures were read: these agree with them. */
  readonly source: string;
  /** The oldest message that the other figures count, where the scan limit ended them. */
  readonly countedFrom: string | null;
  readonly attempt: number;
}

const OUTBOUND = DIRECTIONS.filter((direction) => direction !== 'INBOUND');

/** The outbound directions among those of a filter. */
function outboundOf({ direction }: Filter): readonly string[] {
  return direction.length === 0 ? OUTBOUND : direction.filter((one) => one !== 'INBOUND');
}

/** The same filter, from a later instant on. */
function withSince(filter: MessageArguments['filter'], since: string): MessageArguments['filter'] {
  return { ...filter, dateCreated: { ...(filter.dateCreated as object | undefined), since } };
}

/** Failures by country, and the senders: read after the other figures, and shown without them if they fail. */
export function Details({ view, source, countedFrom, attempt }: DetailsProps) {
  const { args, filter } = view;
  const { fieldPolicy } = useViewer();
  const direction = outboundOf(filter);
  const withFailures = hasFailures(filter);
  const counted = countedFrom === null ? args.filter : withSince(args.filter, countedFrom);
  const withSenders = fieldPolicy.addresses !== 'HIDDEN' && direction.length > 0;
  const { failures, senders } = useLazyLoadQuery<DetailsQuery>(
    graphql`
      query DetailsQuery(
        $in: AccountSelection
        $failed: MessageFilter
        $withFailures: Boolean!
        $outbound: MessageFilter
        $withSenders: Boolean!
        $source: MessageSource
      ) {
        failures: messageStats(in: $in, filter: $failed, groupBy: [ERROR_CODE, COUNTRY], source: $source)
          @include(if: $withFailures) {
          ...FailureCountries_stats
        }
        senders: messageStats(in: $in, filter: $outbound, groupBy: [SENDER], source: $source)
          @include(if: $withSenders) {
          ...Senders_stats
        }
      }
    `,
    {
      in: args.in,
      failed: { ...counted, outcome: ['FAILED'] },
      withFailures,
      outbound: { ...counted, direction },
      withSenders,
      source,
    } as never,
    fetchOptionsAt(view, attempt),
  );
  return (
    <>
      {failures && <FailureCountries stats={failures} view={view} />}
      {direction.length > 0 && <Senders stats={senders ?? null} view={view} />}
    </>
  );
}

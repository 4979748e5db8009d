import { type ReactNode, Suspense } from 'react';
import { graphql, useFragment, useLazyLoadQuery } from 'react-relay';
import { Link } from 'wouter';
import type { Tiles_measures$data, Tiles_measures$key } from '#relay/Tiles_measures';
import type { TilesBeforeQuery } from '#relay/TilesBeforeQuery';
import { toArguments } from '../filters/filter.ts';
import { type Change, growthOf, periodBefore, pointsOf } from './compare.ts';
import { failuresOf, hasFailures, messagesOf } from './links.ts';
import { formatCount, formatMoney, formatRate, formatShare } from './numbers.ts';
import type { View } from './view.ts';

const MEASURES = graphql`
  fragment Tiles_measures on MessageMeasures {
    messages
    segments
    pending
    unconfirmed
    undelivered
    failed
    deliveryRate
    cost {
      amount
      currency
    }
  }
`;

interface TilesProps {
  readonly measures: Tiles_measures$key;
  readonly view: View;
  /** Where the measures were read. */
  readonly source: string;
}

/** The four figures that are looked at first. From the copy they are compared with the period before: it costs no call. */
export function Tiles({ measures: key, view, source }: TilesProps) {
  const measures = useFragment(MEASURES, key);
  const before = source === 'HISTORY' ? periodBefore(view.filter.range, view.now) : null;
  const alone = <TileList measures={measures} before={null} view={view} />;
  if (!before) return alone;
  return (
    <Suspense fallback={alone}>
      <Compared measures={measures} before={before} view={view} />
    </Suspense>
  );
}

interface ComparedProps {
  readonly measures: Tiles_measures$data;
  readonly before: { readonly since: string; readonly until: string };
  readonly view: View;
}

function Compared({ measures, before, view }: ComparedProps) {
  const { in: accounts, filter } = toArguments(view.filter, view.now);
  const { messageStats } = useLazyLoadQuery<TilesBeforeQuery>(
    graphql`
      query TilesBeforeQuery($in: AccountSelection, $filter: MessageFilter) {
        messageStats(in: $in, filter: $filter, source: HISTORY) {
          total {
            ...Tiles_measures
          }
          coverage {
            complete
          }
        }
      }
    `,
    { in: accounts, filter: { ...filter, dateCreated: before } } as never,
    { fetchPolicy: 'store-or-network' },
  );
  const total = useFragment<Tiles_measures$key>(MEASURES, messageStats?.total ?? null);
  // A part of a period would compare badly with a whole one.
  const isWhole = messageStats?.coverage.complete === true;
  return <TileList measures={measures} before={isWhole ? (total ?? null) : null} view={view} />;
}

interface TileListProps {
  readonly measures: Tiles_measures$data;
  readonly before: Tiles_measures$data | null;
  readonly view: View;
}

const failuresIn = ({ undelivered, failed }: Tiles_measures$data) => undelivered + failed;

function TileList({ measures, before, view: { filter } }: TileListProps) {
  const { messages, segments, pending, unconfirmed, deliveryRate, cost } = measures;
  const failures = failuresIn(measures);
  return (
    <section className="tiles" aria-label="Key figures">
      <Tile
        name="Delivery rate"
        value={deliveryRate == null ? '–' : formatRate(deliveryRate)}
        change={before && pointsOf(deliveryRate, before.deliveryRate)}
        isUpGood
      >
        {deliveryRate == null
          ? 'No outbound message has a final status.'
          : 'Of outbound messages with a final status.'}
      </Tile>
      <Tile
        name="Messages"
        value={<Link href={messagesOf(filter)}>{formatCount(messages)}</Link>}
        change={before && growthOf(messages, before.messages)}
      >
        {formatCount(segments)} segments · {formatCount(pending)} pending · {formatCount(unconfirmed)}{' '}
        unconfirmed
      </Tile>
      <Tile
        name="Failed"
        value={
          failures > 0 && hasFailures(filter) ? (
            <Link href={failuresOf(filter)}>{formatCount(failures)}</Link>
          ) : (
            formatCount(failures)
          )
        }
        change={before && growthOf(failures, failuresIn(before))}
        isUpGood={false}
      >
        {formatShare(failures, messages)} of all · {formatCount(measures.failed)} never left Twilio
      </Tile>
      <Tile
        name="Cost"
        value={
          cost.length === 0 ? (
            '–'
          ) : (
            <span className="tile-costs">
              {cost.map(({ amount, currency }) => (
                <span key={currency} title={`${amount} ${currency}`}>
                  {formatMoney(amount, currency)}
                </span>
              ))}
            </span>
          )
        }
        change={before && costChange(measures, before)}
      >
        {cost.length === 0 ? 'Nothing is billed yet.' : 'Without what is not billed yet.'}
      </Tile>
    </section>
  );
}

/** Compares costs in one currency only. */
function costChange(measures: Tiles_measures$data, before: Tiles_measures$data): Change | null {
  const [one, ...others] = measures.cost;
  const [old, ...older] = before.cost;
  if (!one || !old || others.length + older.length > 0 || one.currency !== old.currency) return null;
  return growthOf(Number(one.amount), Number(old.amount));
}

interface TileProps {
  readonly name: string;
  readonly value: ReactNode;
  readonly change?: Change | null;
  /** Absent where more is neither good nor bad. */
  readonly isUpGood?: boolean;
  readonly children: ReactNode;
}

function Tile({ name, value, change, isUpGood, children }: TileProps) {
  const isGood = change?.direction === 'same' ? undefined : (change?.direction === 'up') === isUpGood;
  const tone = !change || isUpGood === undefined || isGood === undefined ? '' : isGood ? ' good' : ' bad';
  return (
    <article className="tile">
      <h2 className="tile-name">{name}</h2>
      <p className="tile-value number">{value}</p>
      {change && (
        <p className={`tile-change number${tone}`}>
          {change.text} <span className="muted">vs. the period before</span>
        </p>
      )}
      <p className="tile-note muted">{children}</p>
    </article>
  );
}

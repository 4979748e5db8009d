import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { Link } from 'wouter';
import type { Senders_stats$data, Senders_stats$key } from '#relay/Senders_stats';
import { useViewer } from '../shell/viewer.ts';
import { Address } from '../text/Address.tsx';
import { Button } from '../ui/Button.tsx';
import { Notice } from '../ui/states.tsx';
import { messagesOf } from './links.ts';
import { formatCount, formatMoney, formatRate } from './numbers.ts';
import type { View } from './view.ts';

interface SendersProps {
  /** Null where the caller's field policy hides senders. */
  readonly stats: Senders_stats$key | null;
  readonly view: View;
}

/** How many senders are shown at first. */
const FEW = 8;

type Sender = Senders_stats$data['groups'][number];

/** The addresses that send most, and how well each delivers. */
export function Senders({ stats, view }: SendersProps) {
  const [isAll, setAll] = useState(false);
  const { fieldPolicy } = useViewer();
  const data = useFragment<Senders_stats$key>(
    graphql`
      fragment Senders_stats on MessageStats {
        groups {
          sender
          measures {
            messages
            undelivered
            failed
            deliveryRate
            cost {
              amount
              currency
            }
          }
        }
      }
    `,
    stats,
  );
  const groups = data?.groups ?? [];
  if (data && groups.length === 0) return null;
  const isMasked = fieldPolicy.addresses !== 'SHOWN';
  const rows = isAll ? groups : groups.slice(0, FEW);
  return (
    <section className="card" aria-labelledby="insights-senders">
      <header className="card-header row spread">
        <h2 id="insights-senders">Top senders</h2>
        <span className="muted">Outbound messages</span>
      </header>
      {isMasked && (
        <Notice>
          {data
            ? 'Your field policy shows a part of each sender only, so they cannot be filtered by.'
            : 'Your field policy hides senders.'}
        </Notice>
      )}
      {data && (
        <>
          <section className="scroll-x" tabIndex={0} aria-label="Top senders, scrollable">
            <table className="data-table senders-table">
              <caption className="visually-hidden">Senders of outbound messages</caption>
              <thead>
                <tr>
                  <th scope="col">Sender</th>
                  <th scope="col" className="number">
                    Messages
                  </th>
                  <th scope="col" className="number">
                    Delivery rate
                  </th>
                  <th scope="col" className="number">
                    Failed
                  </th>
                  <th scope="col" className="number">
                    Cost
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row, index) => (
                  // Two senders may look the same where they are masked.
                  <SenderRow
                    key={isMasked ? index : (row.sender ?? 'none')}
                    row={row}
                    view={view}
                    isLink={!isMasked}
                  />
                ))}
              </tbody>
            </table>
          </section>
          {groups.length > FEW && (
            <Button kind="quiet" className="show-all" onClick={() => setAll(!isAll)}>
              {isAll ? 'Show fewer' : `Show all ${groups.length} senders`}
            </Button>
          )}
        </>
      )}
    </section>
  );
}

interface SenderRowProps {
  readonly row: Sender;
  readonly view: View;
  readonly isLink: boolean;
}

function SenderRow({ row: { sender, measures }, view: { filter }, isLink }: SenderRowProps) {
  const { messages, undelivered, failed, deliveryRate, cost } = measures;
  return (
    <tr>
      <th scope="row">
        {sender == null ? (
          <span className="muted">Not chosen yet</span>
        ) : isLink ? (
          <Link href={messagesOf(filter, { from: sender })}>
            <Address address={sender} />
          </Link>
        ) : (
          <Address address={sender} />
        )}
      </th>
      <td className="number">{formatCount(messages)}</td>
      <td className="number">{deliveryRate == null ? '–' : formatRate(deliveryRate)}</td>
      <td className="number">{formatCount(undelivered + failed)}</td>
      <td className="number">
        {cost.length === 0
          ? '–'
          : cost.map(({ amount, currency }) => formatMoney(amount, currency)).join(', ')}
      </td>
    </tr>
  );
}

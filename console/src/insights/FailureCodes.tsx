import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { Link } from 'wouter';
import type { FailureCodes_stats$key } from '#relay/FailureCodes_stats';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { failuresOf } from './links.ts';
import { formatCount, formatShare } from './numbers.ts';
import type { View } from './view.ts';

interface FailureCodesProps {
  readonly stats: FailureCodes_stats$key;
  readonly view: View;
}

/** How many codes are shown at first. */
const FEW = 8;

/** Why messages failed: Twilio's error codes, the most frequent first, with what they mean and what to do. */
export function FailureCodes({ stats, view: { filter } }: FailureCodesProps) {
  const [isAll, setAll] = useState(false);
  const { groups: all } = useFragment(
    graphql`
      fragment FailureCodes_stats on MessageStats {
        groups {
          outcome
          error {
            code
            title
            explanation
            documentationUrl
          }
          measures {
            messages
          }
        }
      }
    `,
    stats,
  );
  // Delivered messages may have a code, too.
  const groups = all.filter(({ outcome }) => outcome === 'FAILED');
  const total = groups.reduce((sum, { measures }) => sum + measures.messages, 0);
  const rows = isAll ? groups : groups.slice(0, FEW);
  const largest = Math.max(1, ...groups.map(({ measures }) => measures.messages));
  return (
    <section className="card codes" aria-labelledby="insights-codes">
      <header className="card-header row spread">
        <h2 id="insights-codes">Why messages fail</h2>
        <span className="muted number">{formatCount(total)} failures</span>
      </header>
      {groups.length === 0 ? (
        <p className="card-empty muted">
          <Icon name="check" /> No message failed.
        </p>
      ) : (
        <table className="data-table codes-table">
          <caption className="visually-hidden">Failures by error code</caption>
          <thead>
            <tr>
              <th scope="col">Code</th>
              <th scope="col">Meaning</th>
              <th scope="col" className="number">
                Failures
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ error, measures: { messages } }) => (
              <tr key={error?.code ?? 'none'}>
                <th scope="row">
                  {error ? (
                    <Link href={failuresOf(filter, { error: [error.code] })} className="code-link number">
                      {error.code}
                    </Link>
                  ) : (
                    <span className="muted">None</span>
                  )}
                </th>
                <td>
                  <Meaning error={error ?? null} />
                </td>
                <td className="number">
                  <span className="bar-count">
                    <span className="bar" aria-hidden="true">
                      <span style={{ width: `${(messages / largest) * 100}%` }} />
                    </span>
                    <span className="count">{formatCount(messages)}</span>
                    <span className="muted share">{formatShare(messages, total)}</span>
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {groups.length > FEW && (
        <Button kind="quiet" className="show-all" onClick={() => setAll(!isAll)}>
          {isAll ? 'Show fewer' : `Show all ${groups.length} codes`}
        </Button>
      )}
    </section>
  );
}

interface MeaningProps {
  readonly error: {
    readonly title: string | null | undefined;
    readonly explanation: string | null | undefined;
    readonly documentationUrl: string;
  } | null;
}

function Meaning({ error }: MeaningProps) {
  if (!error) return <span className="muted">Twilio gave no error code.</span>;
  const { title, explanation, documentationUrl } = error;
  const page = (
    <a href={documentationUrl} target="_blank" rel="noreferrer" className="remedy-link">
      Twilio&apos;s page <Icon name="external" />
    </a>
  );
  const name = title ?? 'A code that this release does not know';
  if (!explanation)
    return (
      <>
        {name} · {page}
      </>
    );
  return (
    <details className="remedy">
      <summary>
        {name} <span className="remedy-hint">What to do</span>
      </summary>
      <p>{explanation}</p>
      <p>{page}</p>
    </details>
  );
}

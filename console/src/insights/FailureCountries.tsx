import { graphql, useFragment } from 'react-relay';
import { Link } from 'wouter';
import type { FailureCountries_stats$key } from '#relay/FailureCountries_stats';
import { countryName } from '../filters/words.ts';
import { matrixOf } from './failures.ts';
import { failuresOf } from './links.ts';
import { formatCount } from './numbers.ts';
import type { View } from './view.ts';

interface FailureCountriesProps {
  readonly stats: FailureCountries_stats$key;
  readonly view: View;
}

const SIZE = { maxCodes: 8, maxCountries: 6 };

/** Where messages fail: a table of error codes and countries, tinted by the number of failures. */
export function FailureCountries({ stats, view: { filter } }: FailureCountriesProps) {
  const { groups } = useFragment(
    graphql`
      fragment FailureCountries_stats on MessageStats {
        groups {
          error {
            code
          }
          country
          measures {
            messages
          }
        }
      }
    `,
    stats,
  );
  const { rows, columns, max, countOf, restOf, moreCodes, moreCountries } = matrixOf(groups, SIZE);
  if (rows.length === 0) return null;
  return (
    <section className="card countries" aria-labelledby="insights-countries">
      <header className="card-header row spread">
        <h2 id="insights-countries">Where messages fail</h2>
        <span className="muted">By error code and country</span>
      </header>
      <section className="scroll-x" tabIndex={0} aria-label="Failures by error code and country, scrollable">
        <table className="matrix">
          <caption className="visually-hidden">Failures by error code and country</caption>
          <thead>
            <tr>
              <th scope="col">Code</th>
              {columns.map(({ country }) => (
                <th key={country ?? 'none'} scope="col">
                  {country === null ? 'No country' : countryName(country)}
                </th>
              ))}
              {moreCountries > 0 && <th scope="col">{moreCountries} others</th>}
              <th scope="col">All</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ code, total }) => (
              <tr key={code ?? 'none'}>
                <th scope="row">
                  {code === null ? (
                    'None'
                  ) : (
                    <Link href={failuresOf(filter, { error: [code] })} className="code-link number">
                      {code}
                    </Link>
                  )}
                </th>
                {columns.map(({ country }) => {
                  const count = countOf(code, country);
                  // The API cannot filter by the absence of a code or of a country.
                  const href =
                    code === null || country === null || count === 0
                      ? null
                      : failuresOf(filter, { error: [code], country: [country] });
                  return (
                    <td
                      key={country ?? 'none'}
                      className="heat number"
                      style={{ '--heat': heatOf(count, max) } as object}
                    >
                      {href ? (
                        <Link href={href} aria-label={labelOf(code, country, count)}>
                          {formatCount(count)}
                        </Link>
                      ) : count === 0 ? (
                        <span className="muted">·</span>
                      ) : (
                        <span>{formatCount(count)}</span>
                      )}
                    </td>
                  );
                })}
                {moreCountries > 0 && (
                  <td className="number">
                    <span>{formatCount(restOf(code))}</span>
                  </td>
                )}
                <td className="number total">
                  <span>{formatCount(total)}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {moreCodes > 0 && (
        <p className="chart-note muted">
          {moreCodes} rarer {moreCodes === 1 ? 'code is' : 'codes are'} not in this table.
        </p>
      )}
    </section>
  );
}

/** From 0 to 1. The root keeps small numbers apart from none. */
const heatOf = (count: number, max: number): string =>
  count === 0 ? '0' : Math.sqrt(count / max).toFixed(2);

const labelOf = (code: number | null, country: string | null, count: number): string =>
  `${formatCount(count)} failures with ${code} in ${country === null ? 'no country' : countryName(country)}`;

import { graphql, useFragment } from 'react-relay';
import type { Coverage_coverage$key } from '#relay/Coverage_coverage';
import type { Filter } from '../filters/filter.ts';
import { useViewer } from '../shell/viewer.ts';
import { formatExactly, formatRange } from '../time/format.ts';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { Source } from '../ui/Provenance.tsx';
import { Badge } from '../ui/Status.tsx';
import { Notice } from '../ui/states.tsx';
import { between } from '../url/time-range.ts';
import { linkTo } from '../url/use-url.ts';
import { formatCount } from './numbers.ts';
import type { View } from './view.ts';

/** A copy that is older than this does not show the present: it is read every few minutes. */
const STALE_MS = 30 * 60_000;

interface CoverageProps {
  readonly coverage: Coverage_coverage$key;
  /** How many messages were counted. */
  readonly counted: number;
  readonly view: View;
  readonly onChange: (change: Partial<Filter>) => void;
}

/** Where the figures come from, when they were true, and whether every message is in them. */
export function Coverage({ coverage: key, counted, view, onChange }: CoverageProps) {
  const { zone, now } = view;
  const coverage = useFragment(
    graphql`
      fragment Coverage_coverage on StatsCoverage {
        source
        complete
        scanLimitReached
        historyTruncated
        since
        until
        scannedCount
        asOf
      }
    `,
    key,
  );
  const { source, complete, since, until, scannedCount, asOf } = coverage;
  const isStale = source === 'HISTORY' && now - Date.parse(asOf) > STALE_MS;
  return (
    <>
      <p className="coverage row">
        {complete ? (
          <Badge tone="success" icon="check">
            Complete
          </Badge>
        ) : (
          <Badge tone="warning" icon="alert">
            Not complete
          </Badge>
        )}
        <span role="status">
          {formatCount(counted)} {counted === 1 ? 'message' : 'messages'}
        </span>
        <Source source={source} asOf={asOf} />
        <Accounts chosen={view.filter.account.length} />
        {since && until && (
          <span className="muted">{formatRange({ kind: 'between', since, until }, zone)}</span>
        )}
        {scannedCount > 0 && <span className="muted">{formatCount(scannedCount)} read</span>}
      </p>
      {coverage.scanLimitReached && (
        <ScanLimit since={since} until={until} scannedCount={scannedCount} zone={zone} onChange={onChange} />
      )}
      {coverage.historyTruncated && (
        <Notice tone="warning">
          The range begins before the oldest messages that can be read, so these figures are not of all of it.
        </Notice>
      )}
      {isStale && (
        <Notice tone="warning">
          The gateway&apos;s copy has not followed Twilio for a while: newer messages and later statuses are
          missing.
        </Notice>
      )}
    </>
  );
}

/** How many accounts the figures are of. */
function Accounts({ chosen }: { readonly chosen: number }) {
  const { credentials } = useViewer();
  const all = new Set(credentials.map(({ accountSid }) => accountSid)).size;
  if (all < 2) return null;
  return (
    <span className="muted">{chosen === 0 ? `all ${all} accounts` : `${chosen} of ${all} accounts`}</span>
  );
}

interface ScanLimitProps {
  readonly since: string | null | undefined;
  readonly until: string | null | undefined;
  readonly scannedCount: number;
  readonly zone: string;
  readonly onChange: (change: Partial<Filter>) => void;
}

/** Reading stopped at the scan limit: offers the part that was read, and names what has no limit. */
function ScanLimit({ since, until, scannedCount, zone, onChange }: ScanLimitProps) {
  const { role, credentials } = useViewer();
  const isCopied = credentials.every(({ history }) => history.enabled);
  return (
    <Notice
      tone="warning"
      actions={
        <>
          {since && until && (
            <Button onClick={() => onChange({ range: between(Date.parse(since), Date.parse(until)) })}>
              Show only this part
            </Button>
          )}
          {!isCopied && role === 'ADMIN' && (
            <ButtonLink href={linkTo('/admin/history')}>Copy the history</ButtonLink>
          )}
        </>
      }
    >
      <strong>
        Reading stopped at the scan limit, after {formatCount(scannedCount)} messages of Twilio.
      </strong>{' '}
      {since && <>What is older than {formatExactly(Date.parse(since), zone)} is in none of the figures. </>}
      {isCopied
        ? "The gateway's copy of the history is being made; it will count everything."
        : role === 'ADMIN'
          ? 'A copy of the message history counts everything.'
          : 'A copy of the message history counts everything: an administrator can enable it.'}
    </Notice>
  );
}

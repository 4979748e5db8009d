import { useNow } from '../time/now.ts';
import { Time } from '../time/Time.tsx';
import { Notice } from './states.tsx';

/** A number of the API says where it came from. */
export function Source({ source, asOf }: { readonly source: string; readonly asOf: string }) {
  const name = source === 'HISTORY' ? "the gateway's copy" : 'Twilio';
  return (
    <span className="muted">
      from {name}, as of <Time at={asOf} />
    </span>
  );
}

interface Unavailable {
  readonly accountSid: string;
  readonly code: string;
  readonly message: string;
}

/** Accounts that could not be read: what is shown is of the others. */
export function UnavailableAccounts({ accounts }: { readonly accounts: readonly Unavailable[] }) {
  if (accounts.length === 0) return null;
  return (
    <Notice tone="warning">
      <strong>
        {accounts.length === 1 ? 'One account' : `${accounts.length} accounts`} could not be read; this is
        without {accounts.length === 1 ? 'it' : 'them'}.
      </strong>
      <ul>
        {accounts.map(({ accountSid, code, message }) => (
          <li key={accountSid}>
            <code>{accountSid}</code>: {message} <span className="muted">({code})</span>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** The gateway reads the newest messages every few minutes. */
const STALE_MS = 15 * 60_000;

/** Says so where the gateway's copy has not been brought up to date for some time. */
export function StaleNotice({ source, asOf }: { readonly source: string; readonly asOf: string }) {
  const now = useNow();
  if (source !== 'HISTORY' || now - Date.parse(asOf) < STALE_MS) return null;
  return (
    <Notice tone="warning">
      The gateway's copy was last brought up to date <Time at={asOf} />. What came later is missing.
    </Notice>
  );
}

import { useId } from 'react';
import { graphql } from 'react-relay';
import { readInlineData } from 'relay-runtime';
import type { AccountRow_account$data, AccountRow_account$key } from '#relay/AccountRow_account';
import { wordOf } from '../filters/words.ts';
import { Text } from '../text/Body.tsx';
import { Time } from '../time/Time.tsx';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { Copy } from '../ui/Copy.tsx';
import type { IconName } from '../ui/Icon.tsx';
import { Badge, type Tone } from '../ui/Status.tsx';
import { Notice } from '../ui/states.tsx';
import { Facts } from '../ui/Table.tsx';
import { linkTo } from '../url/use-url.ts';
import { UsageSummary, UsageTable } from './AccountUsage.tsx';
import { HistoryBadge, HistoryFacts } from './HistoryState.tsx';
import { MissingPermissions } from './MissingPermissions.tsx';

export type Account = Omit<AccountRow_account$data, ' $fragmentType'>;

/** Reads what an account's line shows. Each list of accounts, on whichever page, has it. */
export const readAccount = (account: AccountRow_account$key): Account =>
  readInlineData(
    graphql`
      fragment AccountRow_account on TwilioAccount @inline {
        sid
        friendlyName
        status
        type
        ownerAccountSid
        dateCreated
        hasCredential
      }
    `,
    account,
  );

export interface Credential {
  readonly id: string;
  readonly nickname: string;
  readonly clientId: string;
  readonly kind: string;
  readonly source: string;
  readonly dateRefused: string | null | undefined;
  readonly permissions: readonly {
    readonly permission: string;
    readonly twilioName: string;
    readonly granted: boolean;
    readonly dateChecked: string;
  }[];
  readonly history: Parameters<typeof HistoryBadge>[0]['history'];
}

interface AccountRowProps {
  readonly account: Account;
  readonly isSubaccount: boolean;
  readonly credentials: readonly Credential[];
  readonly role: string;
  readonly since: string | null | undefined;
  readonly until: string | null | undefined;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

const STATUSES: Readonly<Record<string, readonly [Tone, IconName]>> = {
  ACTIVE: ['success', 'check'],
  SUSPENDED: ['warning', 'alert'],
  CLOSED: ['neutral', 'stop'],
};

/** An account on a line; its credentials, copy and usage below it where it is open. */
export function AccountRow(props: AccountRowProps) {
  const { account, isSubaccount, credentials, role, since, until, isOpen, onToggle } = props;
  const { sid, friendlyName, status } = account;
  const id = useId();
  const [tone, icon] = STATUSES[status ?? ''] ?? (['neutral', 'question'] as const);
  const readable = credentials.filter(({ dateRefused }) => dateRefused == null);
  const canReadUsage = readable.some(({ permissions }) => isGranted(permissions, 'USAGE_LIST'));
  const [first] = credentials;
  return (
    <li className={`account${isSubaccount ? ' sub' : ''}${isOpen ? ' open' : ''}`}>
      <div className="account-line">
        <div className="account-name">
          <h2 className="account-heading">
            <Button
              kind="quiet"
              icon={isOpen ? 'down' : 'right'}
              className="account-toggle"
              aria-expanded={isOpen}
              aria-controls={id}
              onClick={onToggle}
            >
              <span className="account-title">
                {friendlyName == null ? `…${sid.slice(-8)}` : <Text text={friendlyName} />}
              </span>
            </Button>
          </h2>
          <span className="account-sid">
            <code>{sid}</code> <Copy text={sid} name="SID" />
          </span>
        </div>
        <div className="account-cell">
          <Badge tone={tone} icon={icon}>
            {status == null ? 'Unknown' : wordOf(status)}
          </Badge>
          {account.type === 'TRIAL' && <Badge tone="neutral">Trial</Badge>}
        </div>
        <div className="account-cell">
          {credentials.length === 0 ? (
            account.hasCredential ? (
              <Badge tone="neutral" icon="check">
                Has a credential
              </Badge>
            ) : (
              <Badge tone="neutral" icon="lock">
                No credential
              </Badge>
            )
          ) : (
            credentials.map((credential) => <CredentialBadge key={credential.id} credential={credential} />)
          )}
        </div>
        <div className="account-cell">{first && <HistoryBadge history={first.history} />}</div>
        <div className="account-cell account-usage">
          {canReadUsage ? (
            <UsageSummary sid={sid} since={since} until={until} />
          ) : (
            readable.length > 0 && <span className="muted">Usage not permitted</span>
          )}
        </div>
        <nav className="account-links" aria-label={`Open ${friendlyName ?? sid}`}>
          {readable.length > 0 && (
            <>
              <ButtonLink kind="quiet" icon="message" iconOnly href={linkTo('/messages', { account: sid })}>
                Messages
              </ButtonLink>
              <ButtonLink kind="quiet" icon="threads" iconOnly href={linkTo('/threads', { account: sid })}>
                Threads
              </ButtonLink>
              <ButtonLink kind="quiet" icon="chart" iconOnly href={linkTo('/', { account: sid })}>
                Insights
              </ButtonLink>
            </>
          )}
        </nav>
      </div>
      {isOpen && (
        <div id={id} className="account-details">
          <div className="account-column">
            <section>
              <h3>Account</h3>
              <Facts
                facts={[
                  ['Type', account.type == null ? '–' : wordOf(account.type)],
                  [
                    'Parent',
                    account.ownerAccountSid === sid ? (
                      'Is a parent account'
                    ) : (
                      <code key="p">{account.ownerAccountSid ?? '–'}</code>
                    ),
                  ],
                  ['Created', <Time key="c" at={account.dateCreated} exact />],
                ]}
              />
            </section>
            {first && (
              <section>
                <h3>Copy of the history</h3>
                <HistoryFacts history={first.history} role={role} />
              </section>
            )}
          </div>
          {credentials.length === 0 && (
            <Notice
              actions={
                role === 'ADMIN' &&
                !account.hasCredential && (
                  <ButtonLink href={linkTo('/admin/credentials')}>Add a credential</ButtonLink>
                )
              }
            >
              <strong>The messages of this account cannot be read.</strong> An OAuth app opens only the
              account it was made in: make one in the Twilio Console of this account, and add its client id
              and secret.
            </Notice>
          )}
          {credentials.map((credential) => (
            <section key={credential.id}>
              <h3>
                Credential <Text text={credential.nickname} />
              </h3>
              <Facts
                facts={[
                  ['Client id', <code key="i">{credential.clientId}</code>],
                  [
                    'Kind',
                    credential.kind === 'AUTHORIZATION_CODE'
                      ? 'Consent of a person'
                      : "An account's OAuth app",
                  ],
                  ['Kept in', credential.source === 'SETTINGS' ? 'The settings' : "The gateway's database"],
                ]}
              />
              {credential.dateRefused != null && (
                <Notice tone="danger">
                  <strong>
                    Twilio has refused its secret since <Time at={credential.dateRefused} />.
                  </strong>{' '}
                  It may have been changed or removed. Make a new secret in the Twilio Console and rotate it
                  here.
                </Notice>
              )}
              <MissingPermissions credential={credential} role={role} />
            </section>
          ))}
          {canReadUsage && (
            <section>
              <h3>Usage</h3>
              <UsageTable sid={sid} since={since} until={until} />
            </section>
          )}
        </div>
      )}
    </li>
  );
}

const isGranted = (permissions: Credential['permissions'], name: string): boolean =>
  permissions.some(({ permission, granted }) => permission === name && granted);

function CredentialBadge({ credential: { nickname, dateRefused, permissions } }: { credential: Credential }) {
  const missing = permissions.filter(({ granted }) => !granted).length;
  const [tone, icon, text]: readonly [Tone, IconName, string] =
    dateRefused != null
      ? ['danger', 'alert', 'refused']
      : permissions.length === 0
        ? ['neutral', 'question', 'not checked']
        : missing > 0
          ? ['warning', 'alert', `lacks ${missing} ${missing === 1 ? 'permission' : 'permissions'}`]
          : ['success', 'check', ''];
  return (
    <Badge tone={tone} icon={icon}>
      <Text text={nickname} />
      {text && <span>: {text}</span>}
    </Badge>
  );
}

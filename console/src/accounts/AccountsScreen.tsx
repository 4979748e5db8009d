import { useState } from 'react';
import { fetchQuery, graphql, useLazyLoadQuery, useRelayEnvironment } from 'react-relay';
import type { AccountsScreenPageQuery } from '#relay/AccountsScreenPageQuery';
import type { AccountsScreenQuery } from '#relay/AccountsScreenQuery';
import { GatewayError, type ResponseError, toGatewayError } from '../relay/gateway-error.ts';
import { useShortcuts } from '../shell/shortcuts.ts';
import { moveFocus } from '../threads/move-focus.ts';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Load } from '../ui/Load.tsx';
import { Page } from '../ui/Page.tsx';
import { Notice, State } from '../ui/states.tsx';
import { firstOf } from '../url/fragment.ts';
import { linkTo, useFragmentState } from '../url/use-url.ts';
import { type Account, AccountRow, type Credential, readAccount } from './AccountRow.tsx';
import { toTree } from './account-tree.ts';
import { daysOf, PERIOD_NAMES, readPeriod, USAGE_PERIODS } from './usage-period.ts';
import './accounts.css';

/** `/accounts`: the accounts that the caller's credentials see, and what each can be read with. */
export default function AccountsScreen() {
  const [fragment, change] = useFragmentState();
  const period = readPeriod(firstOf(fragment, 'period'));
  useShortcuts('Accounts', [
    { keys: 'j', name: 'Next account', run: () => moveFocus('.account-toggle', 1) },
    { keys: 'k', name: 'Previous account', run: () => moveFocus('.account-toggle', -1) },
  ]);
  return (
    <Page
      title="Accounts"
      actions={
        <Field label="Usage of">
          {(attributes) => (
            <select
              {...attributes}
              value={period}
              onChange={(event) => {
                const { value } = event.currentTarget;
                change({ period: value === 'this-month' ? null : value });
              }}
            >
              {USAGE_PERIODS.map((each) => (
                <option key={each} value={each}>
                  {PERIOD_NAMES[each]}
                </option>
              ))}
            </select>
          )}
        </Field>
      }
    >
      <Load>{(attempt) => <Accounts attempt={attempt} period={period} />}</Load>
    </Page>
  );
}

const PAGE_SIZE = 50;

const QUERY = graphql`
  query AccountsScreenQuery($count: Int!) {
    viewer {
      role
      credentials {
        id
        nickname
        accountSid
        clientId
        kind
        source
        dateRefused
        permissions {
          permission
          twilioName
          granted
          dateChecked
        }
        history {
          enabled
          keepsBodies
          days
          state
          asOf
          messages
          slicesDone
          slicesTotal
          estimatedSecondsLeft
          lastError
        }
        account @catch(to: RESULT) {
          ...AccountRow_account
        }
        accounts(first: $count) @catch(to: RESULT) {
          nodes {
            ...AccountRow_account
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`;

const PAGE_QUERY = graphql`
  query AccountsScreenPageQuery($credential: ID!, $count: Int!, $after: String) {
    node(id: $credential) {
      ... on Credential {
        accounts(first: $count, after: $after) {
          nodes {
            ...AccountRow_account
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    }
  }
`;

/** The part of a credential's list that was read after its first page. */
interface More {
  readonly accounts: readonly Account[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null | undefined;
}

function Accounts({ attempt, period }: { attempt: number; period: ReturnType<typeof readPeriod> }) {
  const { viewer } = useLazyLoadQuery<AccountsScreenQuery>(
    QUERY,
    { count: PAGE_SIZE },
    { fetchPolicy: 'store-and-network', fetchKey: attempt },
  );
  const environment = useRelayEnvironment();
  const [fragment, change] = useFragmentState();
  const [more, setMore] = useState<Readonly<Record<string, More>>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [isLoading, setLoading] = useState(false);
  const open = firstOf(fragment, 'open');
  const { credentials, role } = viewer;
  const { since, until } = daysOf(period, Date.now());

  if (credentials.length === 0) {
    return (
      <State
        icon="lock"
        title="There is no credential yet"
        actions={
          role === 'ADMIN' && <ButtonLink href={linkTo('/admin/credentials')}>Add a credential</ButtonLink>
        }
      >
        <p>
          The gateway reads an account with a credential: an OAuth app that was made in it.{' '}
          {role !== 'ADMIN' && 'Ask an administrator to give your key one.'}
        </p>
      </State>
    );
  }

  const lists = credentials.map(({ id, accountSid, account, accounts }): readonly Account[] => {
    const own = account.ok && account.value ? readAccount(account.value) : unknownAccount(accountSid);
    const listed = accounts.ok ? (accounts.value?.nodes.map(readAccount) ?? []) : [];
    return [own, ...listed, ...(more[id]?.accounts ?? [])];
  });
  const tree = toTree(lists);
  const nextOf = ({ id, accounts }: (typeof credentials)[number]) =>
    more[id] ?? (accounts.ok ? accounts.value?.pageInfo : null);
  const unfinished = credentials.filter((credential) => nextOf(credential)?.hasNextPage);
  const unlisted = credentials.flatMap(({ nickname, accounts }) => {
    if (accounts.ok) return [];
    return [{ nickname, error: new GatewayError(accounts.errors[0] as ResponseError) }];
  });
  const loadMore = async () => {
    setLoading(true);
    setProblem(null);
    try {
      for (const credential of unfinished) {
        const data = await fetchQuery<AccountsScreenPageQuery>(environment, PAGE_QUERY, {
          credential: credential.id,
          count: PAGE_SIZE,
          after: nextOf(credential)?.endCursor ?? null,
        }).toPromise();
        const page = data?.node && 'accounts' in data.node ? data.node.accounts : null;
        if (!page) continue;
        setMore((present) => ({
          ...present,
          [credential.id]: {
            accounts: [...(present[credential.id]?.accounts ?? []), ...page.nodes.map(readAccount)],
            ...page.pageInfo,
          },
        }));
      }
    } catch (error) {
      setProblem(toGatewayError(error).message);
    } finally {
      setLoading(false);
    }
  };
  const isUnknown = open !== null && !tree.some(({ account }) => account.sid === open);
  const withCredential = tree.filter(({ account }) => account.hasCredential).length;
  return (
    <>
      {isUnknown && (
        <Notice
          tone="warning"
          actions={<Button onClick={() => change({ open: null }, { replace: true })}>Close</Button>}
        >
          {unfinished.length > 0
            ? 'The account of this link is not among the accounts that were read so far.'
            : 'None of your credentials can see the account of this link. It may be closed, or of another organization.'}
        </Notice>
      )}
      {unlisted.map(({ nickname, error }) => (
        <Notice key={nickname} tone="warning">
          <strong>The subaccounts of “{nickname}” could not be listed.</strong> {error.message}
        </Notice>
      ))}
      <p className="account-summary" role="status">
        {tree.length === 1 ? '1 account' : `${tree.length}${unfinished.length > 0 ? '+' : ''} accounts`},{' '}
        {withCredential} with a credential
      </p>
      <ul className="account-list">
        {tree.map(({ account, isSubaccount }) => (
          <AccountRow
            key={account.sid}
            account={account}
            isSubaccount={isSubaccount}
            credentials={
              credentials.filter(({ accountSid }) => accountSid === account.sid) as readonly Credential[]
            }
            role={role}
            since={since}
            until={until}
            isOpen={open === account.sid}
            onToggle={() => change({ open: open === account.sid ? null : account.sid })}
          />
        ))}
      </ul>
      {problem !== null && <Notice tone="danger">{problem}</Notice>}
      {unfinished.length > 0 && (
        <Button className="show-more" disabled={isLoading} onClick={loadMore}>
          {isLoading ? 'Loading…' : 'Show more accounts'}
        </Button>
      )}
    </>
  );
}

/** An account whose details could not be read, known by its credential. */
const unknownAccount = (sid: string): Account => ({
  sid,
  friendlyName: null,
  status: null,
  type: null,
  ownerAccountSid: null,
  dateCreated: null,
  hasCredential: true,
});

import { graphql, useLazyLoadQuery } from 'react-relay';
import type { AccountUsageQuery } from '#relay/AccountUsageQuery';
import { GatewayError, type ResponseError } from '../relay/gateway-error.ts';
import { Load } from '../ui/Load.tsx';
import { Table } from '../ui/Table.tsx';
import { formatMoney, totalsOf, type UsageItem, usedOf } from './usage-totals.ts';

interface UsageProps {
  readonly sid: string;
  readonly since: string | null | undefined;
  readonly until: string | null | undefined;
}

const QUERY = graphql`
  query AccountUsageQuery($sid: AccountSid!, $since: Date, $until: Date) {
    account(sid: $sid) {
      usage(since: $since, until: $until) @catch(to: RESULT) {
        category
        count
        countUnit
        usage
        usageUnit
        price {
          amount
          currency
        }
      }
    }
  }
`;

/** @throws {GatewayError} where Twilio's records could not be read */
function useUsage({ sid, since, until }: UsageProps, attempt: number): readonly UsageItem[] {
  const { account } = useLazyLoadQuery<AccountUsageQuery>(
    QUERY,
    { sid, since, until },
    { fetchPolicy: 'store-or-network', fetchKey: attempt },
  );
  const usage = account?.usage;
  if (usage && !usage.ok) throw new GatewayError(usage.errors[0] as ResponseError);
  return usage?.value ?? [];
}

const wholeNumber = new Intl.NumberFormat('en', { maximumFractionDigits: 2 }).format;

/** Messages and cost of a period, on one line. */
export function UsageSummary(props: UsageProps) {
  return (
    <Load resetKey={JSON.stringify(props)} fallback={<span className="muted">Reading…</span>} compact>
      {(attempt) => <Summary {...props} attempt={attempt} />}
    </Load>
  );
}

function Summary({ attempt, ...props }: UsageProps & { readonly attempt: number }) {
  const { messages, price } = totalsOf(useUsage(props, attempt));
  return (
    <span className="usage-summary number">
      <strong>{wholeNumber(messages)}</strong> messages
      {price && <span className="muted"> · {formatMoney(price)}</span>}
    </span>
  );
}

/** Every category of a period that was used. */
export function UsageTable(props: UsageProps) {
  return (
    <Load resetKey={JSON.stringify(props)}>{(attempt) => <Categories {...props} attempt={attempt} />}</Load>
  );
}

function Categories({ attempt, ...props }: UsageProps & { readonly attempt: number }) {
  const items = useUsage(props, attempt);
  const used = usedOf(items);
  const { price } = totalsOf(items);
  if (used.length === 0) return <p className="muted">Nothing was used in this period.</p>;
  return (
    <>
      <Table
        caption="Usage by category"
        columns={[
          { name: 'Category', cell: ({ category }) => <code>{category}</code> },
          { name: 'Count', isNumber: true, cell: ({ count, countUnit }) => amountOf(count, countUnit) },
          { name: 'Usage', isNumber: true, cell: ({ usage, usageUnit }) => amountOf(usage, usageUnit) },
          { name: 'Price', isNumber: true, cell: ({ price: each }) => (each ? formatMoney(each) : '–') },
        ]}
        rows={used}
        keyOf={({ category }) => category}
      />
      <p className="muted">
        Categories overlap: <code>sms</code> contains <code>sms-inbound</code>.
        {price && <> All products together: {formatMoney(price)}.</>} Twilio corrects recent days later.
      </p>
    </>
  );
}

const amountOf = (amount: string | null | undefined, unit: string | null | undefined): string =>
  amount == null ? '–' : `${wholeNumber(Number(amount))} ${unit ?? ''}`.trim();

import { type GraphQLResult, type Kit, noErrors } from '../kit.ts';

/** A message of the sandbox, read without a filter. */
export interface Row {
  readonly sid: string;
  readonly accountSid: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly direction: string;
  readonly channel: string;
  readonly status: string;
  readonly body: string | null;
  readonly errorCode: number | null;
  readonly messagingServiceSid: string | null;
  readonly price: string | null;
  readonly priceUnit: string | null;
  readonly dateCreated: string;
  readonly dateSent: string | null;
}

const QUERY = `query($account: AccountSid, $after: String) {
  messages(accountSid: $account, first: 500, after: $after) {
    nodes { sid accountSid from to direction channel status body errorCode messagingServiceSid price priceUnit dateCreated dateSent }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** Reads every message of an account, newest first. */
export async function readAll(kit: Kit, account?: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let after: string | null = null; ; ) {
    const { data }: GraphQLResult = noErrors(await kit.query(QUERY, { account, after }));
    rows.push(...data.messages.nodes);
    if (!data.messages.pageInfo.hasNextPage) return rows;
    after = data.messages.pageInfo.endCursor;
  }
}

export const sidsOf = (rows: readonly Pick<Row, 'sid'>[]) => rows.map(({ sid }) => sid);

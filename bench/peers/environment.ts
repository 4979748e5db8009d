/** What every peer is started with. */
function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} must be set.`);
  return value;
}

export const PORT = Number(required('PORT'));
export const UPSTREAM_URL = required('UPSTREAM_URL');

/** A peer has its token already; how it would get one is not measured. */
export const AUTHORIZATION = `Bearer ${required('UPSTREAM_TOKEN')}`;

/** As many connections as the gateway under test may open at most. */
export const CONNECTIONS = 100;

export const listPath = (account: string, first: number, after?: string | null): string =>
  `/2010-04-01/Accounts/${account}/Messages.json?PageSize=${first}${after ? `&Page=1&PageToken=${after}` : ''}`;

export const messagePath = (account: string, sid: string): string =>
  `/2010-04-01/Accounts/${account}/Messages/${sid}.json`;

export const accountPath = (account: string): string => `/2010-04-01/Accounts/${account}.json`;

// Not every framework lets its process go, and a profile is written only by one that ends in order.
process.once('SIGTERM', () => process.exit(0));

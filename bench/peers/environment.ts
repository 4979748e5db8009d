/** Reads a required environment variable. */
function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} must be set.`);
  return value;
}

export const PORT = Number(required('PORT'));
export const UPSTREAM_URL = required('UPSTREAM_URL');

/** Peers get a token, because requesting one is not measured. */
export const AUTHORIZATION = `Bearer ${required('UPSTREAM_TOKEN')}`;

/** The gateway's limit of connections. */
export const CONNECTIONS = 100;

export const listPath = (account: string, first: number, after?: string | null): string =>
  `/2010-04-01/Accounts/${account}/Messages.json?PageSize=${first}${after ? `&Page=1&PageToken=${after}` : ''}`;

export const messagePath = (account: string, sid: string): string =>
  `/2010-04-01/Accounts/${account}/Messages/${sid}.json`;

export const accountPath = (account: string): string => `/2010-04-01/Accounts/${account}.json`;

// Exits explicitly: some frameworks keep the process alive, and Node writes profiles only on a regular exit.
process.once('SIGTERM', () => process.exit(0));

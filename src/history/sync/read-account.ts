import { TwilioError, TwilioResponseError } from '../../twilio/errors.ts';
import { accounts } from '../../twilio/resources/accounts.ts';
import type { SliceReader, SyncAccount } from './slice-reader.ts';

/** Its name and status change rarely. */
const EVERY_MS = 3_600_000;
/** After a failure. */
const RETRY_MS = 300_000;

/**
 * Reads an account itself, unless this or another gateway has read it within the hour. A failure leaves what the copy has: the
 * messages need no account, and a credential may lack the permission.
 *
 * @returns when it is to be read again, in milliseconds
 * @throws {StoreUnavailableError}
 */
export async function readAccount(
  { accountSid, client }: SyncAccount,
  { history, now, signal }: Pick<SliceReader, 'history' | 'now' | 'signal'>,
): Promise<number> {
  const readAt = new Date(now());
  const known = await history.account(accountSid);
  const age = known ? readAt.getTime() - known.readAt.getTime() : EVERY_MS;
  // A time to come is of a clock that was wrong.
  if (age >= 0 && age < EVERY_MS) return readAt.getTime() + EVERY_MS - age;
  const scope = { signal, noCache: true, background: true, flow: 'history' };
  try {
    const { value } = await client.read(accounts, { Sid: accountSid }, scope);
    await history.saveAccount({ account: value, readAt });
    return readAt.getTime() + EVERY_MS;
  } catch (error) {
    if (error instanceof TwilioError || error instanceof TwilioResponseError)
      return readAt.getTime() + RETRY_MS;
    throw error;
  }
}

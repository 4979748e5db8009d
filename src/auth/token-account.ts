import { SID_PREFIX, sidPattern } from '../twilio/sid.ts';

const ACCOUNT_CLAIM = new RegExp(`:account:(${sidPattern(SID_PREFIX.account)})$`);

/**
 * Reads the account of an access token from its `act.sub` claim (`trn:us1:iam:account:AC…`); null without the claim.
 * Twilio does not document the claim, so its absence means nothing. The signature is not checked, because the token
 * came directly from Twilio.
 */
export function accountOfToken(token: string): string | null {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const { act } = payload as { act?: { sub?: unknown } };
    return ACCOUNT_CLAIM.exec(String(act?.sub))?.[1] ?? null;
  } catch {
    return null;
  }
}

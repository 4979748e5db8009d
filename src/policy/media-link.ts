import type { SealedText } from './sealed-text.ts';

/** A file at Twilio, and the caller it was shown to. */
export interface MediaLink {
  readonly accountSid: string;
  readonly messageSid: string;
  readonly mediaSid: string;
  /** The credential that reads it. */
  readonly credentialId: string;
  readonly principalId: string;
  readonly principalName: string;
  /** In milliseconds. */
  readonly expires: number;
}

/** Long enough to look at a page of messages; short, because the link needs no key. */
export const MEDIA_LINK_MS = 15 * 60_000;

export const MEDIA_PATH = '/media/';

/** Writes the link as a path. Sealed, so that it neither shows nor accepts other SIDs. */
export function mediaPath(link: MediaLink, sealed: SealedText): string {
  const { accountSid, messageSid, mediaSid, credentialId, principalId, principalName, expires } = link;
  const fields = [accountSid, messageSid, mediaSid, credentialId, principalId, principalName, expires];
  return MEDIA_PATH + sealed.seal(JSON.stringify(fields));
}

/** Reads a path that {@link mediaPath} returned; null for any other. */
export function readMediaPath(path: string, sealed: SealedText): MediaLink | null {
  const text = sealed.open(path.slice(MEDIA_PATH.length));
  if (text === null) return null;
  const [accountSid, messageSid, mediaSid, credentialId, principalId, principalName, expires] = JSON.parse(
    text,
  ) as [string, string, string, string, string, string, number];
  return { accountSid, messageSid, mediaSid, credentialId, principalId, principalName, expires };
}

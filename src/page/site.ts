/** Where a request reached the gateway, as its browser sees it. */
export interface Site {
  /** E.g. `https://gateway.example`. */
  readonly origin: string;
  readonly secure: boolean;
}

/**
 * The setting PUBLIC_URL decides where there is one. Else the Host header does, and a proxy's word that it
 * speaks https to the browser is taken: whoever makes that up only makes their own cookies stricter.
 */
export function siteOf(headers: Headers, url: URL, publicUrl: URL | undefined): Site {
  if (publicUrl) return { origin: publicUrl.origin, secure: publicUrl.protocol === 'https:' };
  const forwarded = headers.get('x-forwarded-proto')?.split(',')[0]?.trim();
  const secure = url.protocol === 'https:' || forwarded === 'https';
  return { origin: `${secure ? 'https' : 'http'}://${headers.get('host') ?? url.host}`, secure };
}

/**
 * Whether a form can have been sent by a page of this gateway. Both headers are set by browsers and cannot be
 * set by a page's script; a client that sends neither is no browser, and still needs the form's token.
 */
export function isFromHere(headers: Headers, { origin, secure }: Site): boolean {
  const fetchSite = headers.get('sec-fetch-site');
  // "none" is a person's own doing, such as opening a closed tab again.
  if (fetchSite !== null && fetchSite !== 'same-origin' && fetchSite !== 'none') return false;
  const from = headers.get('origin');
  if (from === null || from === origin) return true;
  // A proxy that speaks https and does not say so: the page came by the safer of the two.
  return !secure && from === origin.replace(/^http:/, 'https:');
}

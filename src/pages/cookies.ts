/** A cookie to set; an empty value deletes it. */
export interface Cookie {
  name: string;
  value: string;
  maxAgeMs: number;
}

/**
 * Returns the full name of a cookie. With `__Host-` the browser rejects the cookie from other hosts of the domain; without
 * https the browser would always reject it.
 */
function fullName(name: string, secure: boolean): string {
  return `${secure ? '__Host-' : ''}tgw_${name}`;
}

export function writeCookie({ name, value, maxAgeMs }: Cookie, secure: boolean): string {
  const maxAge = value ? Math.floor(maxAgeMs / 1000) : 0;
  const attributes = `Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return `${fullName(name, secure)}=${value}; ${attributes}`;
}

export function readCookie(header: string | null, name: string, secure: boolean): string | undefined {
  const prefix = `${fullName(name, secure)}=`;
  const pair = header?.split(/; */).find((one) => one.startsWith(prefix));
  return pair?.slice(prefix.length);
}

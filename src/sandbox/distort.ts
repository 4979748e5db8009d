import type { SandboxSwitches } from './switches.ts';

const UNKNOWN = { x_added_later: { nested: [1, null, { deep: true }] }, x_price_v2: 0.0079, x_null: null };

const PAGE_URIS = ['first_page_uri', 'previous_page_uri', 'next_page_uri'];

/** What Twilio may do to an answer without breaking its form: new keys, other page URIs. */
export function distort(value: unknown, switches: SandboxSwitches): unknown {
  const { unknownFields, pageUriOrigin, pageRing } = switches;
  if (!unknownFields && !pageUriOrigin && pageRing === 'off') return value;
  // Errors and files are no objects of the API.
  if (typeof value !== 'object' || value === null || value.constructor !== Object) return value;
  const answer = ring({ ...value }, pageRing);
  if (pageUriOrigin) {
    for (const key of PAGE_URIS) {
      if (typeof answer[key] === 'string') answer[key] = new URL(answer[key], pageUriOrigin).href;
    }
  }
  if (!unknownFields) return answer;
  for (const [key, items] of Object.entries(answer)) {
    if (Array.isArray(items)) answer[key] = items.map((item) => ({ ...UNKNOWN, ...item, ...UNKNOWN }));
  }
  return { ...UNKNOWN, ...answer };
}

/** Lets the pages of a list go round: one of itself, or the second and the third for ever. */
function ring(answer: Record<string, unknown>, kind: SandboxSwitches['pageRing']): Record<string, unknown> {
  if (kind === 'self' && 'next_page_uri' in answer) answer.next_page_uri = answer.uri;
  if (kind === 'pair' && Number(answer.page) >= 2) answer.next_page_uri = answer.previous_page_uri;
  return answer;
}

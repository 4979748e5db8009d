import { type Html, html } from './html.ts';

/** Formats an instant to the minute, in UTC, because the reader may be in another time zone. */
export function time(date: Date): Html {
  const text = date.toISOString();
  return html`<time datetime="${text}">${text.slice(0, 10)} ${text.slice(11, 16)} UTC</time>`;
}

import { type Html, html } from './html.ts';

/** A moment to the minute, in UTC: whoever reads it may sit elsewhere than the gateway. */
export function time(date: Date): Html {
  const text = date.toISOString();
  return html`<time datetime="${text}">${text.slice(0, 10)} ${text.slice(11, 16)} UTC</time>`;
}

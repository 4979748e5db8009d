import { GraphQLError, type GraphQLErrorOptions } from 'graphql';
import type { TwilioError } from '../twilio-error.ts';

/** Longer than any message of ours. */
const MOST_CHARACTERS = 600;

/** Cuts a text in its middle: messages of graphql-js have what they are about first, and the reason last. */
export function shorten(text: string, most = MOST_CHARACTERS): string {
  const half = Math.floor(most / 2);
  return text.length <= most ? text : `${text.slice(0, half)}…${text.slice(-half)}`;
}

/** Where in the request the refused value stands, e.g. `filter.dateSent.until`. */
export type ArgumentPath = string;

/** What a subclass may hand on. */
export type Details = Omit<GraphQLErrorOptions, 'extensions'> & { extensions?: Record<string, unknown> };

/**
 * An error the client may see. Each subclass is one `extensions.code`; its message says what was wrong
 * and what to do. Anything that is not a GatewayError (or graphql-js's own) is masked before it leaves.
 */
export abstract class GatewayError extends GraphQLError {
  constructor(code: string, message: string, { extensions, ...options }: Details = {}) {
    super(shorten(message), { ...options, extensions: { code, ...extensions } });
    this.name = new.target.name;
  }
}

const MAX_QUOTED = 64;

/** Quotes a name in a message; of one longer than any of ours, its beginning. */
export function quote(name: string): string {
  return JSON.stringify(name.length > MAX_QUOTED ? `${name.slice(0, MAX_QUOTED)}…` : name);
}

/** What Twilio said, for `extensions.twilio`. */
export function twilioDetails(cause: TwilioError | undefined): Record<string, unknown> {
  if (!cause) return {};
  const { code, status, moreInfo, requestId } = cause;
  return { twilio: { code, status, moreInfo, requestId } };
}

/** Twilio's titles of the error codes in the sandbox's messages. */
const TITLES = {
  11751: 'Media Message - Media exceeds messaging provider size limit',
  21211: "Invalid 'To' Phone Number",
  21408: "Permission to send an SMS or MMS has not been enabled for the region indicated by the 'To' number",
  21610: 'Attempt to send to unsubscribed recipient',
  21612: 'Message cannot be sent with the current combination of "To" and/or "From" parameters',
  21614: "'To' number is not a valid mobile number",
  21635: "'To' number cannot be a landline",
  21703: 'The Messaging Service does not have a phone number available to send a message',
  30001: 'Queue overflow',
  30002: 'Account suspended',
  30003: 'Unreachable destination handset',
  30004: 'Message blocked',
  30005: 'Unknown destination handset',
  30006: 'Landline or unreachable carrier',
  30007: 'Message filtered',
  30008: 'Unknown error',
  30009: 'Missing inbound segment',
  30017: 'Carrier network congestion',
  30018: 'Destination carrier requires sender ID pre-registration',
  30019: 'Content size exceeds carrier limit',
  30023: 'US A2P 10DLC - Daily Message Cap Reached',
  30032: 'Toll-Free Number Has Not Been Verified',
  30034: 'US A2P 10DLC - Message from an Unregistered Number',
  30036: 'Validity Period Expired',
  30041: 'Message from an unregistered number sent to a United Kingdom number',
  30042: 'The Sender ID is blocked as generic or it contains special characters',
  30410: 'Provider Timeout Error',
  30500: 'Twilio Internal Error',
  63003: 'Channel could not find To address',
  63005:
    'Channel did not accept given content. Please see Channel specific error message for more information',
  63012: 'Channel provider returned an internal service error',
  63013: 'Channel policy violation',
  63016:
    'Failed to send freeform message because you are outside the allowed window. If you are using WhatsApp, please use a Message Template.',
  63018: 'Rate limit exceeded for Channel',
  63019: 'Media failed to download',
  63024: 'Invalid message recipient',
  63032: 'We cannot send this message to this user because of a WhatsApp limitation.',
  63033: 'Recipient opted out to receive message',
  63036: 'The specified phone number cannot be reached using RCS at this time.',
  63049: 'Meta chose not to deliver this WhatsApp marketing message',
} as const;

export type ErrorCode = keyof typeof TITLES;

export function errorTitle(code: ErrorCode): string {
  return TITLES[code];
}

export interface ChannelCodes {
  /** The carrier or channel rejected the message after Twilio sent it. */
  undelivered: readonly [ErrorCode, ...ErrorCode[]];
  /** Twilio accepted the message but did not send it. */
  failed: readonly [ErrorCode, ...ErrorCode[]];
  /** Twilio rejected the request to create it; such messages are listed since April 2024. */
  rejected: readonly [ErrorCode, ...ErrorCode[]];
}

const SMS: ChannelCodes = {
  undelivered: [30003, 30003, 30005, 30006, 30007, 30008, 30008, 30004, 30017, 30032, 30034, 30036],
  failed: [30001, 30002, 30023, 30410, 30500],
  rejected: [21211, 21610, 21408, 21612, 21614, 21635, 21703],
};

const WHATSAPP: ChannelCodes = {
  undelivered: [63016, 63003, 63024, 63032, 63049, 63013],
  failed: [63016, 63018, 63005, 63019],
  rejected: [21211, 63024],
};

export const CODES = {
  sms: SMS,
  mms: { ...SMS, failed: [30019, 11751] },
  alpha: { undelivered: [30008, 30018, 30041], failed: [30042, 30018], rejected: [21612, 21408] },
  whatsapp: WHATSAPP,
  rcs: { undelivered: [63036, 63003, 63033], failed: [63036, 63012], rejected: [63003] },
  messenger: { undelivered: [63003, 63012], failed: [63012, 63018], rejected: [63003] },
} satisfies Record<string, ChannelCodes>;

export type Channel = keyof typeof CODES;

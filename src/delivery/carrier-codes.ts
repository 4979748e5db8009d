import type { CodeTable } from './code-table.ts';

/** Codes of SMS and MMS delivery by the carriers. */
export const CARRIER_CODES: CodeTable = {
  30001: {
    title: 'Queue overflow',
    explanation:
      'Messages were handed to this sender faster than it may transmit them, and its waiting queue (about ten hours of traffic) filled up. Send this message again later at a lower rate, or spread the traffic over more senders in a Messaging Service.',
  },
  30002: {
    title: 'Account suspended',
    explanation:
      'The account was suspended after Twilio accepted the message but before it went out, usually because the balance ran out or for a policy violation. Check the balance and any suspension notice in the Console, settle it with Twilio support, then send the message again.',
  },
  30003: {
    title: 'Unreachable destination handset',
    explanation:
      'The phone could not be reached when the carrier tried: it was off, out of coverage, roaming, or not able to take texts. Retry once after a while; if it keeps failing, ask the recipient whether other texts arrive and check the line type with Lookup.',
  },
  30004: {
    title: 'Message blocked',
    explanation:
      'Delivery to this number is blocked, for example because the person opted out at the carrier, is on a do-not-call register (India has one), or the traffic was stopped as unwanted. Do not keep retrying: confirm consent with the recipient over another channel, and take three recent message SIDs to Twilio support if the block looks wrong.',
  },
  30005: {
    title: 'Unknown destination handset',
    explanation:
      'The carrier does not know this number; it may be mistyped, cancelled, or not usable for text messages. Compare it with the customer record, including the country code, and ask for a new number if it is right but keeps failing.',
  },
  30006: {
    title: 'Landline or unreachable carrier',
    explanation:
      'The number is a landline, or it belongs to a carrier that this kind of sender cannot reach. Check the line type with Lookup: for a landline, phone the person or ask for a mobile number, and for a mobile, try a different kind of sender.',
  },
  30007: {
    title: 'Message filtered',
    explanation:
      'Twilio or the carrier judged the message to be spam or against their rules and dropped it. Sending the same text again is likely to fail too: check that the recipient agreed to it, remove shortened links and other spam-like wording, and send three recent message SIDs to Twilio support if you believe it complies.',
  },
  30008: {
    title: 'Unknown error',
    explanation:
      'The carrier reported a failure without giving a reason, so Twilio cannot say more. Retry once with a short plain text; if only this phone fails, look at the device or its carrier, and if many fail, give Twilio support at least three message SIDs from the last two days.',
  },
  30009: {
    title: 'Missing inbound segment',
    explanation:
      'A long incoming message arrived in several pieces and at least one of them never reached Twilio, so the text you see may be incomplete. Ask the sender to send it again from good coverage, and report the message SIDs to Twilio support if it happens with several people.',
  },
  30010: {
    title: 'Message price exceeds max price',
    explanation:
      'The message would have cost more than the MaxPrice limit given in the request, so it was not sent. Twilio has since retired MaxPrice, so this appears on old messages only; remove the parameter, and shorten texts or avoid emoji if the cost per message matters.',
  },
  30011: { title: 'MMS not supported by the receiving phone number in this region' },
  30017: {
    title: 'Carrier network congestion',
    explanation:
      'The carrier was overloaded, most often with picture messages, and kept rejecting this one although Twilio retried. Send it again later, and spread large batches over a longer time instead of sending in bursts.',
  },
  30018: {
    title: 'Destination carrier requires sender ID pre-registration',
    explanation:
      'The destination country expects alphanumeric sender names to be registered beforehand, and Twilio has no registration for yours. This is a warning and can also appear on a delivered message; if the message was not delivered, register the sender ID for that country or use a sender type that is allowed there.',
  },
  30019: {
    title: 'Content size exceeds carrier limit',
    explanation:
      'The text or the attached media was larger than the recipient carrier accepts. Shorten the text, or compress or remove attachments, and send it again; emoji and non-Latin letters take up more room than plain text.',
  },
  30020: { title: 'Internal Failure with Message Scheduling' },
  30021: { title: 'Internal Failure with messaging service orchestrator' },
  30024: {
    title: 'Numeric Sender ID Not Provisioned on Carrier',
    explanation:
      'The carrier does not accept this sending number yet: a 10DLC, toll-free or short code number is still being set up or was switched off there, or the recipient has recently changed carrier. Check the registration status of the sender, wait if it was registered recently, otherwise give Twilio support three failed message SIDs.',
  },
  30036: {
    title: 'Validity Period Expired',
    explanation:
      'The message was still waiting when its validity period ended (ten hours unless a shorter one was set), so Twilio discarded it. Check whether it is still useful before sending it again; to prevent this, allow a longer validity period or send smaller batches.',
  },
  30037: {
    title: 'Outbound Messaging Disabled',
    explanation:
      'Sending is switched off for this account, so no outgoing message will leave it. Ask an account administrator whether this is intended, and contact Twilio support to have sending enabled again if it is not.',
  },
  30038: { title: 'OTP Message Body Filtered' },
  30039: { title: 'Filtered to Prevent Message Loops' },
  30040: { title: 'Destination carrier requires Sender ID pre-registration' },
  30041: {
    title: 'Message from an unregistered number sent to a United Kingdom number',
    explanation:
      'The sender is not cleared for the United Kingdom, where protected sender names and some numbers need a signed letter of authorisation first. Complete that registration with Twilio, or send from a number or name that is already cleared for UK traffic.',
  },
  30042: {
    title: 'The Sender ID is blocked as generic or it contains special characters',
    explanation:
      'The sender name was blocked because it is too generic (such as INFO or SMS), has characters that are not allowed, or was linked to fraud. Choose a name that clearly identifies your business, follow the rules of the destination country, and send again.',
  },
  30043: { title: 'International SMS via Domestic Gateway' },
  30410: {
    title: 'Provider Timeout Error',
    explanation:
      'The downstream provider did not respond in time, and Twilio gave up instead of retrying, to avoid sending the message twice. Send it again later, and ask the recipient first if a second copy would do harm.',
  },
  30450: { title: 'Message delivery blocked' },
  30453: {
    title: "Message couldn't be delivered",
    explanation:
      'Fraud protection has paused traffic to this destination because it resembled SMS pumping, where fake sign-ups trigger paid texts. The pause normally lifts within hours if the suspicious traffic stops; for a genuine recipient, put the number on the Global Safe List or send with RiskCheck set to disable.',
  },
  30454: {
    title: 'Account exceeded the messages limit',
    explanation:
      'The account has used up the number of messages it may send, normally the allowance of a trial account. Upgrade the account, wait a few hours for the change to take effect, then send the message again.',
  },
  30485: { title: "Message couldn't be delivered" },
  30500: {
    title: 'Twilio Internal Error',
    explanation:
      'Something went wrong inside Twilio while it processed this message; neither your text nor the recipient is the cause. Look for an incident on the Twilio status page, send it again, and give the message SID to Twilio support if it fails once more.',
  },
};

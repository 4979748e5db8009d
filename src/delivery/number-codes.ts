import type { CodeTable } from './code-table.ts';

/** Codes of messages rejected before sending because of their sender or recipient. */
export const NUMBER_CODES: CodeTable = {
  21211: {
    title: "Invalid 'To' Phone Number",
    explanation:
      'The recipient number cannot be a real phone number as written, often because of a missing plus sign or country code, a typo, or extra characters. Correct it to international format, for example +14155550123, in your records and send again.',
  },
  21212: {
    title: "Invalid 'From' Number",
    explanation:
      'The sender given is not usable: it is badly formatted, a blocked or too generic name, or a channel sender that is not approved. Use one of your own Twilio numbers in international format or an approved sender name, then send again.',
  },
  21264: {
    title: "'From' phone number not verified",
    explanation:
      'A trial account may deal only with phone numbers whose owner has verified them, and the number in the From field is not verified; Twilio documents this mainly for incoming calls. Verify the number in the Console under verified caller IDs, or upgrade the account.',
  },
  21265: {
    title: "'To' number cannot be a Short Code",
    explanation:
      'The recipient is a short code, and those do not take messages from Twilio numbers. Look for the ordinary phone number of that organisation, or contact it in another way.',
  },
  21266: {
    title: "'To' and 'From' numbers cannot be the same",
    explanation:
      'The message was addressed to the number it was sent from. Check how the recipient was filled in, since a mix-up of the two fields is the usual cause, and send again to the right number.',
  },
  21267: { title: "Alphanumeric Sender ID cannot be used as the 'From' number on trial accounts" },
  21268: {
    title: 'Sending to Premium rate or Information Service numbers is not allowed',
    explanation:
      'The recipient is a premium-rate or information-service number, and Twilio never sends messages there. Remove it from the list, ask the customer for an ordinary mobile number, and check sign-up forms for abuse if such numbers keep appearing.',
  },
  21408: {
    title:
      "Permission to send an SMS or MMS has not been enabled for the region indicated by the 'To' number",
    explanation:
      'Your account is not allowed to message the country or region of this recipient. If you do business there, an administrator can enable it under Messaging Geo Permissions in the Console; if you do not, treat the number as suspicious.',
  },
  21601: { title: 'Phone number is not a valid SMS-capable inbound phone number' },
  21603: { title: "A 'From' or 'MessagingServiceSid' parameter is required to send a message" },
  21604: { title: "The destination 'To' phone number is required to send an SMS" },
  21606: {
    title:
      "The 'From' phone number provided is not a valid message-capable Twilio phone number for this destination/account",
    explanation:
      'The sender number cannot send this message: it may lack messaging, belong to another account, be in the middle of a port, or be a short code from a different country. Pick a message-capable number owned by this account, in international format, and send again.',
  },
  21608: {
    title: "The 'to' phone number provided is not yet verified for this account.",
    explanation:
      'This is a trial account, which may message only phone numbers that have been verified. Verify the number of the recipient in the Console, or upgrade the account to message anyone.',
  },
  21610: {
    title: 'Attempt to send to unsubscribed recipient',
    explanation:
      'The recipient replied STOP or another opt-out word to this sender, so Twilio rejects further messages. Stop messaging the person; only they can undo it by texting START, so agree that over another channel if they want messages again.',
  },
  21611: {
    title: "This 'From' number has exceeded the maximum number of queued messages",
    explanation:
      'This sender already has as many messages waiting as it can transmit in about ten hours, so Twilio rejected the new one. Wait for the queue to drain and slow down, or spread the traffic over several numbers with a Messaging Service.',
  },
  21612: {
    title: 'Message cannot be sent with the current combination of "To" and/or "From" parameters',
    explanation:
      'Twilio has no way to carry a message between this sender and this recipient, for instance because the country or network does not accept that kind of sender. Check that both are in international format, read the SMS guidelines for the country, and try another sender type.',
  },
  21614: {
    title: "'To' number is not a valid mobile number",
    explanation:
      'The recipient number does not look like a mobile number; it may be a landline, mistyped, or of an unusual machine-to-machine type. Check it with Lookup, and ask the customer for a mobile number.',
  },
  21635: {
    title: "'To' number cannot be a landline",
    explanation:
      'The recipient is a landline, so Twilio rejected the text message. Phone the person or ask for a mobile number; the ForceDelivery option makes Twilio try anyway, but delivery is not guaranteed.',
  },
  21659: {
    title: "'From' is not a Twilio phone number or Short Code country mismatch",
    explanation:
      'The sender is not a number that Twilio hosts, or it is a short code of a different country from the recipient. Correct the sender number, let any port finish, and use a short code only inside its own country.',
  },
  21660: {
    title: "Mismatch between the 'From' number and the account",
    explanation:
      'The sender number exists but belongs to a different Twilio account from the one that made the request, often a parent account or another subaccount. Use the credentials of the account that owns the number, or choose a number of this account.',
  },
  21661: { title: "'From' number is not SMS-capable" },
  21703: {
    title: 'The Messaging Service does not have a phone number available to send a message',
    explanation:
      'The Messaging Service has senders, but none of them can reach this recipient or carry this type of message. Add a suitable one, for example a number from the country of the recipient, one that can send pictures, or for the US one in an approved A2P campaign.',
  },
  21704: { title: 'The Messaging Service contains no phone numbers' },
  21705: {
    title: 'The Messaging Service is invalid',
    explanation:
      'The Messaging Service identifier in the request is not valid. Check the configured SID for typing errors (it starts with MG and has 34 characters), and compare it with the services listed in the Console for this account.',
  },
  21910: { title: "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel" },
};

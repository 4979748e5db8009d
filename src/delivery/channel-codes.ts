import type { CodeTable } from './code-table.ts';

/** Codes of WhatsApp, RCS and Messenger. */
export const CHANNEL_CODES: CodeTable = {
  63001: {
    title:
      'Channel could not authenticate the request. Please see Channel specific error message for more information',
  },
  63002: { title: 'Channel could not find the From address' },
  63003: {
    title: 'Channel could not find To address',
    explanation:
      'The channel does not know the recipient address: it is wrong, badly formatted, or no longer in use. Check the address with the customer, or reach the person over another channel such as SMS.',
  },
  63005: {
    title:
      'Channel did not accept given content. Please see Channel specific error message for more information',
    explanation:
      'The channel rejected the content, for example a damaged media file, a layout it does not allow at this moment, or, on WhatsApp, a recipient who does not have a usable account. Check that the media file opens and that the person uses the channel, then send a simpler message or an approved template.',
  },
  63007: {
    title: "Twilio could not find a Channel with the specified 'From' address",
    explanation:
      'Twilio found no channel sender for the From address, so nothing was sent. Check that the address carries the channel prefix and is an approved sender of this account, and that the request used the credentials of that account.',
  },
  63008: {
    title:
      'Could not execute the request because the channel module has been misconfigured. Please check the Channel configuration in Twilio',
  },
  63009: {
    title:
      'Channel provider returned an internal service error (HTTP 5xx). Please see Channel specific error message for more information',
  },
  63010: { title: "Twilio's platform encountered an internal error processing this message" },
  63012: {
    title: 'Channel provider returned an internal service error',
    explanation:
      'The messaging provider behind the channel, for example Meta for WhatsApp, had an error of its own. Wait a little and send again; if it lasts, look at the status pages of the provider and of Twilio, and then contact Twilio support with the message SIDs.',
  },
  63013: {
    title: 'Channel policy violation',
    explanation:
      'The provider of the channel rejected the message because it breaks one of its policies. Compare the text, links and media with the rules of the channel, look for long runs of spaces in WhatsApp template values, and correct the message before you send it again.',
  },
  63014: { title: 'Channel message blocked by user action' },
  63015: {
    title: 'Channel Sandbox can only send messages to phone numbers that have joined the Sandbox',
    explanation:
      'The message came from the testing Sandbox, which reaches only people who have joined it, and this recipient has not joined or the membership has expired. Ask the recipient to send the join phrase shown in the Console, or send from an approved production sender.',
  },
  63016: {
    title:
      'Failed to send freeform message because you are outside the allowed window. If you are using WhatsApp, please use a Message Template.',
    explanation:
      'A free-form message may be sent only within 24 hours of the last message from the customer, and that window is closed. On WhatsApp send an approved template by its ContentSid instead; on Messenger wait until the customer writes again.',
  },
  63017: { title: 'Rate limit exceeded' },
  63018: {
    title: 'Rate limit exceeded for Channel',
    explanation:
      'Messages went out faster than the account, the sender or the channel permits, or WhatsApp has reached its limit of new conversations or of messages to one person. Slow down and retry later; if it recurs, spread the load over more senders or ask for a higher limit.',
  },
  63019: {
    title: 'Media failed to download',
    explanation:
      'Twilio could not fetch the attached media, or the file it fetched was empty. Open the media address from outside your network without logging in, make sure it returns the complete file, and send again.',
  },
  63020: { title: 'Twilio encountered a Business Manager account error' },
  63021: {
    title: 'Channel invalid content error',
    explanation:
      'The message contains something the channel does not support, such as an unsuitable media type, a component it does not offer, or a WhatsApp template longer than 1024 characters once filled in. Check the file type and the lengths, correct the content, and send again.',
  },
  63023: { title: 'Channel generic error' },
  63024: {
    title: 'Invalid message recipient',
    explanation:
      'WhatsApp cannot deliver to this person: the number is not on WhatsApp, the app is too old, or its latest terms were not accepted. Ask the recipient to update the app and accept the terms, or use SMS or another channel.',
  },
  63026: { title: 'Channel sender content flagged as spam' },
  63027: {
    title: 'Template does not exist for a language and locale',
    explanation:
      'WhatsApp has no approved template that matches this one in the requested language. Check the ContentSid, the language and the approval status in the Console, and have the template approved in that language before sending again.',
  },
  63028: {
    title: 'Number of parameters provided does not match the expected number of parameters',
    explanation:
      'The number of values supplied does not match the placeholders in the template. Compare ContentVariables with the current version of the template, in which placeholders may have been added or removed, and send again with one value for each.',
  },
  63030: { title: 'Unsupported parameter for type of channels message' },
  63031: { title: "Channels message cannot have same 'From' and 'To'" },
  63032: {
    title: 'We cannot send this message to this user because of a WhatsApp limitation.',
    explanation:
      'Meta holds this message back because the recipient is in an experiment it runs on WhatsApp; your account and your content are not at fault. Do not resend it, skip this person for now, and use SMS or another channel if the message matters.',
  },
  63033: {
    title: 'Recipient opted out to receive message',
    explanation:
      'This person told WhatsApp not to deliver marketing from your business any more. Stop sending marketing templates to this person until they opt in again; utility and authentication templates may still be sent.',
  },
  63034: { title: 'Media exceeds size limit' },
  63035: {
    title:
      'This operation is blocked because the RCS agent has not launched, the recipient has not accepted the invitation to become a tester, or the RCS sender only works in certain regions.',
  },
  63036: {
    title: 'The specified phone number cannot be reached using RCS at this time.',
    explanation:
      'The phone cannot be reached over RCS at the moment: it is off or offline, or RCS business messaging is not available or not enabled on it. Send the message as SMS instead, for instance through a Messaging Service that falls back to SMS, or try again later.',
  },
  63037: { title: 'Channel Media Upload Error' },
  63038: {
    title: 'Account exceeded the daily messages limit',
    explanation:
      'The account has reached the number of messages it may send in 24 hours. Wait until the next day, look for a notice from Twilio about the limit in your mailbox or the support center, and ask support to raise it if you need more.',
  },
  63040: { title: 'Template Rejected' },
  63041: {
    title: 'Template paused',
    explanation:
      'WhatsApp has temporarily paused this template because recipients reported or blocked it too often. Use a different template for now, or improve the text and submit it for approval again; look into who receives it and whether they agreed to it.',
  },
  63042: { title: 'Template disabled' },
  63049: {
    title: 'Meta chose not to deliver this WhatsApp marketing message',
    explanation:
      'Meta held this marketing message back, because it limits how many such messages one person gets from all businesses together. Do not resend at once: try again some days later, or wait until the person writes to you, and keep urgent information out of marketing templates.',
  },
  63051: {
    title: 'WhatsApp Business Account is Locked',
    explanation:
      'WhatsApp has locked the business account behind this sender for breaking its rules, so none of its messages can go out. Find out in Meta Business Manager which rule is meant, and open a Twilio support ticket if you want to appeal.',
  },
};

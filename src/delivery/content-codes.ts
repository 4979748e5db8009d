import type { CodeTable } from './code-table.ts';

/** Codes of messages rejected before sending because of their text, media or template. */
export const CONTENT_CODES: CodeTable = {
  11751: {
    title: 'Media Message - Media exceeds messaging provider size limit',
    explanation:
      'The attached media are together larger than the channel allows, about 5 MB for MMS and 16 MB for WhatsApp. Compress the files or split them over several messages, and send again.',
  },
  12300: {
    title: 'Invalid Content-Type',
    explanation:
      'A web address used for this message returned a content type that Twilio cannot use there, such as an unsupported media file or a webhook response that was not XML. Check what the address returns and correct its Content-Type header, then try again.',
  },
  14107: {
    title: 'SMS send rate limit exceeded',
    explanation:
      'More than 30 replies went back and forth between two numbers in quick succession, so Twilio paused them as a probable loop. Look for two auto-responders that reply to each other or a webhook that calls itself; the pause ends after about 30 seconds without such replies.',
  },
  21602: { title: 'Message body is required' },
  21617: {
    title: 'The concatenated message body exceeds the 1600 character limit',
    explanation:
      'The text is longer than the 1600 characters that Twilio accepts in one message; emoji and some other characters count more than once. Shorten the text or split it into several messages, and check for values that a template filled in.',
  },
  21618: { title: 'The message body cannot be sent' },
  21619: {
    title: 'A Message Body, Media URL or Content SID is required',
    explanation:
      'The request had no text, no media and no content template, so there was nothing to send. Check that the value meant as the text was not empty when the message was built, then send again.',
  },
  21620: {
    title: 'Invalid media URL(s)',
    explanation:
      'A media address in the request is malformed, most often because it does not begin with http or https. Correct the address in the sending application, make sure the file opens without a login, and send again.',
  },
  21621: { title: "The 'From' number has not been enabled for MMS" },
  21622: { title: 'MMS has not been enabled for your account' },
  21623: { title: 'Number of media files exceeds allowed limit' },
  21654: { title: 'ContentSid Required' },
  21655: { title: 'The ContentSid is Invalid' },
  21656: { title: 'The ContentVariables Parameter is invalid' },
  21658: { title: 'Parameter exceeded character limit' },
};

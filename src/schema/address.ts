/** Longer than any address; longer text is rejected without matching. */
const MAX_LENGTH = 280;

/** Letters of any Latin alphabet, because SMS supports more than ASCII, and the other characters of names. */
const NAME = String.raw`[\p{Script=Latin}0-9 &_+.'!-]`;

/**
 * The forms of sender or recipient that Twilio may have stored. They include addresses that cannot be used for sending:
 * Twilio also stores rejected messages, masked numbers and senders of inbound messages. A name longer than 11 characters,
 * the limit for alphanumeric senders, must not look like a sentence or a number with words.
 */
const FORMS = [
  // A number, possibly too short or too long, or masked: +1415555XXXX.
  String.raw`\+[1-9X*][\dX*]{2,17}`,
  // A short code.
  String.raw`\d{3,8}`,
  // An alphanumeric sender.
  String.raw`(?=.*\p{Script=Latin})(?:${NAME}{1,11}|(?!(?:\D*\d){7})(?!(?:[^ ]* ){3})${NAME}{12,20})`,
  // A channel address.
  String.raw`[a-z][a-z0-9_]{1,20}:[\x21-\x7e]{1,255}`,
];

const ADDRESS = new RegExp(`^(?:${FORMS.join('|')})$`, 'u');

export function isAddress(text: string): boolean {
  return text.length <= MAX_LENGTH && ADDRESS.test(text);
}

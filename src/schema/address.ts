/** No address is longer; longer text is not looked at. */
const MAX_LENGTH = 280;

/** Letters of any Latin alphabet, because SMS has more than ASCII's, and what names are written with besides. */
const NAME = String.raw`[\p{Script=Latin}0-9 &_+.'!-]`;

/**
 * What Twilio may have stored as sender or recipient. That is more than can be sent from or to: Twilio also stores
 * messages it rejected, numbers it masked, and senders of incoming messages. Longer names than the eleven
 * characters of a sender of one's own must not look like a sentence or a number with words.
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

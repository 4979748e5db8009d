import { mix, pick } from './random.ts';

type Template = (draw: number) => string;
const NAMES = ['Ada', 'Björn', 'Chidi', 'Dolores', 'Elif', 'Farid', 'Grace', 'Hana'] as const;
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'] as const;

const OUTBOUND: readonly [Template, ...Template[]] = [
  (n) => `${code(n)} is your Northwind verification code. Do not share it with anyone.`,
  (n) => `Your Northwind identity check code is ${code(n)}. It expires in 10 minutes.`,
  (n) => `Northwind: finish your identity verification at https://example.com/v/${n.toString(36)}`,
  () => 'Northwind: your identity has been verified. You can go on with your application.',
  () => 'Northwind: we could not read the photo of your document. Please take it again in good light.',
  (n) => `Hi ${pick(NAMES, n)}, this is a reminder of your appointment on ${pick(DAYS, n)} at ${hour(n)}.`,
  (n) => `Your parcel ${n % 900_000} is out for delivery and arrives before ${hour(n)}.`,
  (n) => `Your parcel ${n % 900_000} was left with a neighbour.`,
  (n) => `${pick(NAMES, n)}, votre rendez-vous de ${hour(n)} est confirmé ✅`,
  (n) => `New sign-in to your account from a new device. Was it you? Answer YES or NO. Ref ${n % 9999}`,
  (n) =>
    `Hello ${pick(NAMES, n)}, thank you for choosing Northwind. To finish opening your account we still need a photo of an identity document and a short video of your face. The link is good for seven days: https://example.com/v/${n.toString(36)} Answer STOP to end these messages.`,
  () => 'Northwind: your statement is ready.',
];

const INBOUND: readonly [Template, ...Template[]] = [
  () => 'YES',
  () => 'NO',
  () => 'STOP',
  () => 'HELP',
  (n) => `Can we move it to ${pick(DAYS, n)}?`,
  () => 'I did not get the code',
  () => 'Thanks! 🙏',
  (n) => `Who is this? My name is ${pick(NAMES, n)}.`,
];

/** The text of a message; drawn, so that the same row always says the same. */
export function bodyOf(inbound: boolean, draw: number): string {
  return pick(inbound ? INBOUND : OUTBOUND, draw)(mix(draw, 77));
}

/** Segments of an SMS: 160 GSM-7 or 70 UCS-2 characters in one, 153 or 67 in each of several. */
export function segmentsOf(body: string): number {
  // Close enough to GSM-7 for these texts; the real alphabet also has some Greek capitals.
  const gsm = /^[\n\r -~£¥èéùìòÇØøÅåÆæßÉÄÖÑÜ§¿äöñüà€¡¤]*$/.test(body);
  const [single, multi] = gsm ? [160, 153] : [70, 67];
  return body.length <= single ? 1 : Math.ceil(body.length / multi);
}

function code(draw: number): string {
  return String(100_000 + (draw % 900_000));
}

function hour(draw: number): string {
  return `${8 + (draw % 10)}:${draw % 2 === 0 ? '00' : '30'}`;
}

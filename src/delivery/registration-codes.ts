import type { CodeTable } from './code-table.ts';

/** Codes of US registration: A2P 10DLC brands and campaigns, and toll-free verification. */
export const REGISTRATION_CODES: CodeTable = {
  30022: {
    title: 'US A2P 10DLC - Rate Limits Exceeded',
    explanation:
      'Your 10DLC number or campaign sent faster than this US carrier allows, or sent too much to one recipient in a short time. Slow the traffic down, send the rejected messages again, and check the throughput granted to the campaign.',
  },
  30023: {
    title: 'US A2P 10DLC - Daily Message Cap Reached',
    explanation:
      'Your brand has used up its daily allowance at T-Mobile, which counts all traffic under your company tax number, including other accounts and providers. Resume after midnight US Pacific time, send urgent messages first, and look at the daily limit of your brand in the Console.',
  },
  30025: { title: 'US A2P 10DLC - 50% T-Mobile Daily Message Limit Consumed' },
  30026: { title: 'US A2P 10DLC - 70% T-Mobile Daily Message Limit Consumed' },
  30027: {
    title: 'US A2P 10DLC - T-Mobile Daily Message Limit Reached',
    explanation:
      'This warns that 100 percent of the daily T-Mobile allowance is used, so further messages to T-Mobile customers will probably fail with 30023. Hold back less urgent messages until midnight US Pacific time; if this happens often, register the brand or ask for a higher limit.',
  },
  30032: {
    title: 'Toll-Free Number Has Not Been Verified',
    explanation:
      'The message was sent from a toll-free number that has not passed verification, so US and Canadian carriers do not accept it. Submit the verification for that number, or correct it if it was rejected, and use another approved sender until it is granted.',
  },
  30033: { title: 'US A2P 10DLC - Campaign Suspended' },
  30034: {
    title: 'US A2P 10DLC - Message from an Unregistered Number',
    explanation:
      'The US number that sent this is not part of an approved A2P 10DLC campaign, so US carriers reject its messages. Add the number to the Messaging Service linked to an approved campaign, register a campaign if there is none, or send from a number that is already covered.',
  },
  30035: {
    title: 'US A2P 10DLC - Message from a number still being configured',
    explanation:
      'Twilio is still adding this number to its A2P 10DLC campaign or removing it from one, and the number cannot send in the meantime. Wait until the Console shows it as registered, then send again, or use a registered number for now.',
  },
};

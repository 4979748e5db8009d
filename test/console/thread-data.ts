import type { Sandbox } from '../../src/sandbox/sandbox.ts';

export const PERSON = '+14155550125';
export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** A time as Twilio writes it. */
export const twilioTime = (time: number): string => new Date(time).toUTCString().replace('GMT', '+0000');

/** The day of the oldest messages of the conversation, at noon in UTC. */
export const START = Math.floor(Date.now() / DAY_MS) * DAY_MS - 20 * DAY_MS + DAY_MS / 2;

export const HOSTILE = [
  '<script>globalThis.hacked = 1</script><img src=x onerror="globalThis.hacked = 2">',
  'Your invoice \u202Efdp.exe\u202C is ready',
  'Sign in at https://www.pаypal.com/login (homograph) or javascript:alert(1)',
  '👩‍👩‍👧‍👦'.repeat(64),
  'Zalgo t̸̢̛̗͍͎̰̘̯e̵x̷t',
  'a'.repeat(1_600),
];

/** A conversation of both directions, on several channels, with two accounts. */
export function plantConversation(sandbox: Sandbox): void {
  const at = (time: number) => {
    const date = twilioTime(time);
    return { date_created: date, date_sent: date, date_updated: date };
  };
  const say = (
    offset: number,
    message: Parameters<Sandbox['addMessage']>[1],
    account: 'parent' | 'active' = 'parent',
  ) => sandbox.addMessage(account, { ...at(START + offset), ...message });
  const inbound = { direction: 'inbound', status: 'received', from: PERSON, to: '+12125550100' };
  const outbound = { from: '+12125550100', to: PERSON };
  say(0, { ...outbound, body: 'Northwind: finish your identity verification today.' });
  say(3 * MINUTE_MS, { ...inbound, body: 'Which document do you need?' });
  say(4 * MINUTE_MS, { ...outbound, body: 'A passport or an identity card.\nBoth sides, please.' });
  const whatsapp = { from: 'whatsapp:+14155550101', to: `whatsapp:${PERSON}` };
  say(DAY_MS, { ...whatsapp, body: 'We can go on here, on WhatsApp.', status: 'read' });
  say(DAY_MS + 5 * MINUTE_MS, {
    ...inbound,
    from: `whatsapp:${PERSON}`,
    to: 'whatsapp:+14155550101',
    body: '',
    num_media: '2',
  });
  say(2 * DAY_MS, {
    ...outbound,
    to: `rcs:${PERSON}`,
    from: 'rcs:brand_agent',
    body: 'Your photo was too dark.',
  });
  say(
    3 * DAY_MS,
    { ...outbound, from: '+12125550104', body: 'From the lending desk: we need one more photo.' },
    'active',
  );
  say(4 * DAY_MS, {
    ...outbound,
    status: 'undelivered',
    error_code: 30003,
    body: 'Northwind: your verification expires tomorrow.',
  });
  say(4 * DAY_MS + MINUTE_MS, { ...inbound, body: 'STOP' });
  say(5 * DAY_MS, {
    ...outbound,
    status: 'failed',
    error_code: 21610,
    date_sent: null,
    body: 'Northwind: last reminder.',
  });
}

/** A person with more messages than one page has. */
export const TALKER = '+12125550177';
export function plantTalker(sandbox: Sandbox, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const date = twilioTime(Date.now() - (count - index) * 3_600_000);
    sandbox.addMessage('parent', {
      ...(index % 3 === 0
        ? { direction: 'inbound', status: 'received', from: TALKER, to: '+12125550100' }
        : { from: '+12125550100', to: TALKER }),
      body: `Number ${index + 1}`,
      date_created: date,
      date_sent: date,
      date_updated: date,
    });
  }
}

import type { WireMessage } from '../src/twilio/resources/messages.ts';

/** A delivered message as Twilio sends it, with the given fields. */
export const wireMessage = (fields: Partial<WireMessage> = {}): WireMessage => ({
  sid: `SM${'0'.repeat(32)}`,
  account_sid: `AC${'0'.repeat(32)}`,
  body: 'Your code is Äpfel 42',
  from: '+14155550100',
  to: '+14155550101',
  direction: 'outbound-api',
  status: 'delivered',
  error_code: null,
  error_message: null,
  num_segments: '1',
  num_media: '0',
  price: null,
  price_unit: null,
  messaging_service_sid: null,
  date_created: null,
  date_sent: null,
  date_updated: null,
  ...fields,
});

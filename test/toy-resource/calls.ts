import { asObject, requireText } from '../../src/twilio/parse.ts';
import { defineResource } from '../../src/twilio/resource.ts';

/** The descriptor: all that the gateway has to know about a resource. */

export interface WireCall {
  sid: string;
  account_sid: string;
  to: string;
}

export const calls = defineResource({
  types: ['Call'],
  sidPrefix: 'CA',
  parse(value): WireCall {
    const call = asObject(value, 'a call');
    for (const key of ['sid', 'account_sid', 'to']) requireText(call[key], 'call', key);
    return call as unknown as WireCall;
  },
  read: {
    label: 'call',
    template: '/2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json',
    permission: {
      name: 'CALLS_READ',
      twilioName: '/twilio/voice/calls/read',
      description: 'To read one call.',
    },
    lifetime: (_, { messageMs }) => messageMs,
  },
  list: {
    label: 'calls_list',
    template: '/2010-04-01/Accounts/{AccountSid}/Calls.json',
    key: 'calls',
    permission: { name: 'CALLS_LIST', twilioName: '/twilio/voice/calls/list', description: 'To list calls.' },
  },
});

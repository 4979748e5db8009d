import { routes } from '../../src/sandbox/api.ts';
import { authorize } from '../../src/sandbox/auth.ts';
import { notFound } from '../../src/sandbox/errors.ts';

/** The sandbox entry: the two paths of the resource. */

export const CALL_SID = `CA${'1'.repeat(32)}`;

const PATH = /^\/2010-04-01\/Accounts\/(AC[0-9a-f]{32})\/Calls(?:\/(CA[0-9a-f]{32}))?$/;

routes.push({
  pattern: PATH,
  handle(request, accountSid = '', sid) {
    const permission = `/twilio/voice/calls/${sid ? 'read' : 'list'}`;
    authorize(request.caller, accountSid, permission, request.path, request);
    const call = { sid: CALL_SID, account_sid: accountSid, to: '+14155550100' };
    if (!sid) return { calls: [call], next_page_uri: null, previous_page_uri: null };
    if (sid !== CALL_SID) throw notFound(request.path);
    return call;
  },
});

import type { CredentialCheck } from '../admin/check-credential.ts';
import { type AddInput, type CredentialAdmin, checkNickname } from '../admin/credentials.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import { explainStoreError } from '../store/explain-store-error.ts';
import type { GatewayStore } from '../store/store.ts';
import { isSid, SID_PREFIX } from '../twilio/sid.ts';
import { addPage, reviewPage } from './add-pages.ts';
import { PageError } from './page-error.ts';
import { attempt } from './problem.ts';
import type { Seal, SealedTo } from './seal.ts';
import type { AdminVisit, Routes } from './visit.ts';

const REVIEW_MS = 10 * 60 * 1000;

/**
 * The routes to add a credential in two steps: check, then approve the result.
 *
 * Between the steps, the secret must neither be stored nor be readable in the page. It is sealed (AES-256-GCM) in a
 * hidden field, which opens only in the same session, for 10 minutes. Memory of this process would not work, because
 * the next request may reach another gateway behind the same port. The reviewed account is sealed too, so that no other
 * one is stored.
 */
export function addRoutes(store: GatewayStore, credentials: CredentialAdmin, seal: Seal): Routes<AdminVisit> {
  const placeOf = ({ session }: AdminVisit): SealedTo => ({ purpose: 'review', session: session.id });

  /** Checks the nickname too, so that its errors appear before the review instead of after the approval. */
  async function check({ actor }: AdminVisit, input: AddInput): Promise<CredentialCheck> {
    const key = checkNickname(input.nickname).toLowerCase();
    const taken = (await store.list()).some(({ nickname }) => nickname.toLowerCase() === key);
    if (taken) throw gatewayError('NICKNAME_TAKEN', input.nickname);
    if (input.accountSid && !isSid(input.accountSid, SID_PREFIX.account)) {
      throw gatewayError(
        'BAD_USER_INPUT',
        'An account SID is "AC" followed by 32 hexadecimal digits.',
        'accountSid',
      );
    }
    return credentials.check(actor, input);
  }

  return {
    '/credentials/check': {
      async POST(visit) {
        const input = typedIn(visit);
        const { problem, value: found } = await attempt(() =>
          check(visit, input).catch((error) => {
            throw explainStoreError(error);
          }),
        );
        if (problem) return addPage(input, problem);
        const reviewed: AddInput = { ...input, accountSid: found.accountSid };
        return reviewPage(reviewed, found, seal.seal(reviewed, placeOf(visit), REVIEW_MS));
      },
    },

    '/credentials/add': {
      GET: async () => addPage(),
      async POST(visit) {
        const reviewed = seal.open(visit.form.text('reviewed'), placeOf(visit)) as AddInput | null;
        if (!reviewed) throw new PageError(422, 'This review is too old', TOO_OLD);
        const { problem, value } = await attempt(() => credentials.add(visit.actor, reviewed));
        if (problem) return addPage(reviewed, problem);
        return { location: '/credentials', done: `"${value.nickname}" was added.` };
      },
    },
  };
}

const TOO_OLD = 'Nothing was stored. A review must be approved within 10 minutes. Start again.';

function typedIn({ form }: AdminVisit): AddInput {
  return {
    nickname: form.text('nickname').trim(),
    clientId: form.text('clientId').trim(),
    clientSecret: form.text('clientSecret').trim(),
    accountSid: form.text('accountSid').trim() || null,
  };
}

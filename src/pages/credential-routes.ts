import type { CredentialAdmin } from '../admin/credentials.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import type { Credential } from '../store/credential.ts';
import { explainStoreError } from '../store/explain-store-error.ts';
import type { GatewayStore } from '../store/store.ts';
import { removePage, renamePage, rotatePage } from './credential-forms.ts';
import { attempt } from './problem.ts';
import type { AdminVisit, PageResult, PageView, Routes } from './visit.ts';

/** The routes to recheck, rename, rotate and remove a credential. */
export function credentialRoutes(store: GatewayStore, credentials: CredentialAdmin): Routes<AdminVisit> {
  const find = async (id: string): Promise<Credential> => {
    const credential = await store.get(id).catch((error) => {
      throw explainStoreError(error);
    });
    if (!credential) throw gatewayError('NOT_FOUND', 'credential');
    return credential;
  };
  const show = (page: (credential: Credential) => PageView) => async (visit: AdminVisit) =>
    page(await find(visit.url.searchParams.get('id') ?? ''));
  const done = (text: string): PageResult => ({ location: '/credentials', done: text });

  return {
    '/credentials/recheck': {
      async POST({ actor, form }) {
        const { problem, value } = await attempt(() => credentials.recheck(actor, form.text('id')));
        if (problem) return { location: '/credentials', failed: problem.message };
        return done(`Checked "${value.nickname}".`);
      },
    },

    '/credentials/rename': {
      GET: show(renamePage),
      async POST({ actor, form }) {
        const credential = await find(form.text('id'));
        const nickname = form.text('nickname');
        const { problem, value } = await attempt(() => credentials.rename(actor, credential.id, nickname));
        if (problem) return renamePage(credential, nickname, problem);
        return done(`"${credential.nickname}" is now "${value.nickname}".`);
      },
    },

    '/credentials/rotate': {
      GET: show(rotatePage),
      async POST({ actor, form }) {
        const credential = await find(form.text('id'));
        const secret = form.text('clientSecret');
        const { problem } = await attempt(() => credentials.rotate(actor, credential.id, secret));
        if (problem) return rotatePage(credential, problem);
        return done(`The secret of "${credential.nickname}" was rotated.`);
      },
    },

    '/credentials/remove': {
      GET: show(removePage),
      async POST({ actor, form }) {
        const credential = await find(form.text('id'));
        const { problem } = await attempt(() => credentials.remove(actor, credential.id));
        if (problem) return removePage(credential, problem);
        return done(`"${credential.nickname}" was removed.`);
      },
    },
  };
}

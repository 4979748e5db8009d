import { useEffect, useState } from 'react';
import { fetchQuery, useRelayEnvironment } from 'react-relay';
import type { viewerQuery } from '#relay/viewerQuery';
import { GatewayError } from '../relay/gateway-error.ts';
import { probeSession } from '../relay/post.ts';
import { sessionResumed, useSessionState } from '../relay/session.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { VIEWER_QUERY } from './viewer.ts';

/** Tells the other tabs of this browser that someone has signed in. */
const CHANNEL = 'console-session';

/** Where the sign-in page leads to: it tells the other tabs, and can be closed. */
export const SIGNED_IN_PATH = '/messages';

/** Tells the other tabs that this one has a session. */
export function tellOtherTabs(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage('signed-in');
  channel.close();
}

/**
 * Shown while requests wait for a session. Signing in happens in a tab of its own, by the gateway's page, so that this
 * one keeps its rows, its scroll position and its fragment; it goes on as soon as there is a session.
 */
export function SessionDialog() {
  const state = useSessionState();
  return state === 'ended' ? <SignIn /> : null;
}

function SignIn() {
  const environment = useRelayEnvironment();
  const [problem, setProblem] = useState<string | null>(null);
  const [isChecking, setChecking] = useState(false);
  const check = async (isAsked: boolean) => {
    setChecking(true);
    try {
      if (await probeSession(idOf(VIEWER_QUERY))) {
        sessionResumed();
        // Perhaps it is someone else now, with another role.
        fetchQuery<viewerQuery>(environment, VIEWER_QUERY, {}).subscribe({});
      } else if (isAsked) setProblem('There is no session yet. Sign in in the other tab first.');
    } catch (error) {
      if (isAsked) setProblem(error instanceof GatewayError ? error.message : 'The check failed.');
    }
    setChecking(false);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: listens once; check uses nothing that changes
  useEffect(() => {
    const onReturn = () => document.visibilityState === 'visible' && check(false);
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = () => check(false);
    addEventListener('focus', onReturn);
    document.addEventListener('visibilitychange', onReturn);
    return () => {
      channel.close();
      removeEventListener('focus', onReturn);
      document.removeEventListener('visibilitychange', onReturn);
    };
  }, []);
  return (
    <Dialog title="Sign in to go on">
      <p>
        There is no session, or it has ended. Sign in in another tab: this one keeps its place and goes on by
        itself.
      </p>
      {problem && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      <footer className="row dialog-footer">
        <Button onClick={() => check(true)} disabled={isChecking}>
          I have signed in
        </Button>
        <a
          className="button primary"
          href={`/login?next=${encodeURIComponent(SIGNED_IN_PATH)}`}
          target="_blank"
          rel="noreferrer"
        >
          <Icon name="external" /> Sign in
        </a>
      </footer>
    </Dialog>
  );
}

/** The id of a trusted document. */
function idOf(document: unknown): string {
  return (document as { params: { id: string } }).params.id;
}

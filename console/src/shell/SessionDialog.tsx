import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useRelayEnvironment } from 'react-relay';
import { fetchQuery } from 'relay-runtime';
import type { viewerQuery } from '#relay/viewerQuery';
import { toGatewayError } from '../relay/gateway-error.ts';
import { probeSession, signIn } from '../relay/post.ts';
import { sessionResumed, useSessionState } from '../relay/session.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Field } from '../ui/Field.tsx';
import { keepPlace } from './place.ts';
import { VIEWER_QUERY } from './viewer.ts';

/** Tells the other tabs of this browser that someone may have signed in. */
const CHANNEL = 'console-session';

export function tellOtherTabs(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage('signed-in');
  channel.close();
}

/** Shown while requests wait for a session. They go on after signing in, so that the screen keeps its place. */
export function SessionDialog() {
  const state = useSessionState();
  return state === 'ended' ? <SignIn /> : null;
}

const UNKNOWN = 'This key was rejected. Check that it is complete, and has not expired or been revoked.';

function SignIn() {
  const environment = useRelayEnvironment();
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const resume = () => {
    sessionResumed();
    tellOtherTabs();
    // Perhaps it is someone else now, with another role.
    fetchQuery<viewerQuery>(environment, VIEWER_QUERY, {}).subscribe({});
  };
  useOtherTabs(resume);

  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      if (await signIn(input.current?.value.trim() ?? '')) return resume();
      setProblem(UNKNOWN);
    } catch (error) {
      setProblem(toGatewayError(error).message);
    }
    setBusy(false);
    if (input.current) input.current.value = '';
    input.current?.focus();
  };
  return (
    <Dialog title="Sign in to go on">
      <p>There is no session, or it has ended. This page keeps its place and goes on afterwards.</p>
      <form className="stack" onSubmit={onSubmit}>
        <Field label="API key" hint="tgw_… of any role, or the value of GATEWAY_ADMIN_KEY." error={problem}>
          {(attributes) => (
            <input
              {...attributes}
              ref={input}
              type="password"
              name="key"
              required
              autoComplete="current-password"
            />
          )}
        </Field>
        <footer className="row dialog-footer">
          {/* Also in a tab of its own, if one likes: this one notices. */}
          <a
            className="button"
            href={`/login?${new URLSearchParams({ next: location.pathname })}`}
            onClick={keepPlace}
          >
            Another way…
          </a>
          <Button kind="primary" type="submit" disabled={isBusy}>
            Sign in
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

/** Calls back when there is a session after all: another tab signed in. */
function useOtherTabs(onSession: () => void): void {
  const latest = useRef(onSession);
  latest.current = onSession;
  useEffect(() => {
    const check = async () => {
      const { id } = (VIEWER_QUERY as unknown as { params: { id: string } }).params;
      if (await probeSession(id).catch(() => false)) latest.current();
    };
    const onReturn = () => void (document.visibilityState === 'visible' && check());
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = check;
    addEventListener('focus', onReturn);
    document.addEventListener('visibilitychange', onReturn);
    return () => {
      channel.close();
      removeEventListener('focus', onReturn);
      document.removeEventListener('visibilitychange', onReturn);
    };
  }, []);
}

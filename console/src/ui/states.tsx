import { type ReactNode, useEffect, useState } from 'react';
import type { GatewayError } from '../relay/gateway-error.ts';
import { Button, ButtonLink } from './Button.tsx';
import { Icon, type IconName } from './Icon.tsx';
import './ui.css';

interface StateProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  /** The possible next actions. */
  readonly actions?: ReactNode;
  readonly tone?: 'danger' | 'neutral';
}

/** Takes the place of content: what the matter is, and a way forward. */
export function State({ icon, title, children, actions, tone = 'neutral' }: StateProps) {
  return (
    <section className={`state ${tone}`}>
      <span className="state-icon">
        <Icon name={icon} />
      </span>
      <h2>{title}</h2>
      {children && <div className="state-text">{children}</div>}
      {actions && <div className="row state-actions">{actions}</div>}
    </section>
  );
}

/** Something is being read. Nothing shows for a quarter of a second, so that quick reads do not flicker. */
export function Loading({ what = 'Loading' }: { readonly what?: string }) {
  return (
    <div className="loading" role="status">
      <span className="loading-bar" />
      <span className="visually-hidden">{what}…</span>
    </div>
  );
}

type Tone = 'info' | 'warning' | 'danger';
const NOTICE_ICONS: Readonly<Record<Tone, IconName>> = { info: 'info', warning: 'alert', danger: 'alert' };

/** A line above content that stands, but is not all there is. */
export function Notice(props: {
  readonly tone?: Tone;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}) {
  const { tone = 'info', children, actions } = props;
  return (
    <div className={`notice ${tone}`} role={tone === 'danger' ? 'alert' : 'note'}>
      <Icon name={NOTICE_ICONS[tone]} />
      <div className="notice-text">{children}</div>
      {actions}
    </div>
  );
}

const TITLES: Readonly<Record<string, readonly [IconName, string]>> = {
  throttled: ['clock', 'Too many requests at the moment'],
  offline: ['offline', 'The gateway does not respond'],
  'credential-refused': ['lock', 'Twilio refuses this credential'],
  'credential-missing': ['lock', 'There is no credential for this'],
  'permission-missing': ['lock', 'The credential lacks a permission'],
  forbidden: ['lock', 'Your role does not allow this'],
  'filter-not-allowed': ['hidden', 'Your field policy does not allow this filter'],
  'scan-limit': ['search', 'Reading stopped at the scan limit'],
  'history-limit': ['clock', 'Twilio no longer has messages this old'],
  'history-unavailable': ['clock', 'The copy of the history cannot show this'],
  'bad-input': ['alert', 'Something in the address is not valid'],
  'not-found': ['search', 'This does not exist'],
  unavailable: ['alert', 'Twilio does not respond'],
  outdated: ['refresh', 'The gateway was updated'],
};

interface ErrorStateProps {
  readonly error: GatewayError;
  readonly onRetry: () => void;
  /** Takes a line only. @default false */
  readonly compact?: boolean;
}

/** A failed read: what was wrong, and what to do about it. */
export function ErrorState({ error, onRetry, compact = false }: ErrorStateProps) {
  const { problem, code, requestId } = error;
  const [icon, title] = TITLES[problem] ?? (['alert', 'This could not be shown'] as const);
  if (compact) {
    return (
      <Notice tone="danger" actions={<RetryButton retryAt={error.retryAt} onRetry={onRetry} />}>
        <strong>{title}.</strong> {error.message}
      </Notice>
    );
  }
  const reload = (
    <Button kind="primary" icon="refresh" onClick={() => location.reload()}>
      Reload the page
    </Button>
  );
  const canWait = problem === 'throttled' || problem === 'unavailable';
  return (
    <div role="alert">
      <State
        icon={icon}
        title={title}
        tone="danger"
        actions={
          <>
            {problem === 'outdated' ? (
              reload
            ) : (
              <RetryButton retryAt={canWait ? error.retryAt : null} onRetry={onRetry} />
            )}
            {(problem === 'credential-refused' || problem === 'credential-missing') && (
              <ButtonLink href="/accounts">See accounts and credentials</ButtonLink>
            )}
          </>
        }
      >
        <p>{error.message}</p>
        <p className="muted">
          <code>{code}</code>
          {requestId && (
            <>
              {' '}
              · request <code>{requestId}</code>
            </>
          )}
        </p>
      </State>
    </div>
  );
}

/** Tries again, by itself when the wait that the gateway asked for is over. */
function RetryButton({
  retryAt,
  onRetry,
}: {
  readonly retryAt: number | null;
  readonly onRetry: () => void;
}) {
  const [now, setNow] = useState(Date.now);
  const secondsLeft = retryAt === null ? 0 : Math.max(0, Math.ceil((retryAt - now) / 1_000));
  const isWaiting = secondsLeft > 0;
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [isWaiting]);
  useEffect(() => {
    addEventListener('online', onRetry);
    return () => removeEventListener('online', onRetry);
  }, [onRetry]);
  useEffect(() => {
    if (retryAt === null) return;
    const timer = setTimeout(onRetry, Math.max(0, retryAt - Date.now()) + 50);
    return () => clearTimeout(timer);
  }, [retryAt, onRetry]);
  return (
    <Button kind="primary" icon="refresh" onClick={onRetry}>
      {isWaiting ? `Try again (in ${secondsLeft} s)` : 'Try again'}
    </Button>
  );
}

import { Link } from 'wouter';
import { ROUTES } from '../routes.ts';
import { setPreference, usePreferences } from '../shell/preferences.ts';
import { useViewer } from '../shell/viewer.ts';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { State } from '../ui/states.tsx';
import { linkTo } from '../url/use-url.ts';

const OAUTH_GUIDE = 'https://www.twilio.com/docs/iam/oauth-apps/account-oauth-apps';
const CREDENTIALS = '/admin/credentials';

const hasScreen = (path: string): boolean => ROUTES.some((route) => route.path.startsWith(path));

/** The first visit to a gateway over the sandbox: what this is, what to look at, and how to connect Twilio. */
export function Welcome() {
  const { isSandbox, role } = useViewer();
  const { welcome } = usePreferences();
  if (!isSandbox || welcome === 'dismissed') return null;
  return (
    <section className="card welcome" aria-labelledby="welcome-title">
      <header className="row spread">
        <h2 id="welcome-title">Welcome: this is a sandbox</h2>
        <Button kind="quiet" icon="cross" iconOnly onClick={() => setPreference('welcome', 'dismissed')}>
          Dismiss
        </Button>
      </header>
      <p>
        The gateway reads a simulated Twilio here: two accounts with made-up messages of the last 430 days.
        Nobody is texted, nothing costs anything, and nothing can break.
      </p>
      <ul className="welcome-steps">
        <Step icon="chart" title="See why messages fail">
          Drag across the chart below to narrow the time, then{' '}
          <Link href={linkTo('/messages', { error: '30003', outcome: 'failed', range: '90d' })}>
            open the failures with the code 30003
          </Link>
          .
        </Step>
        {hasScreen('/threads') && (
          <Step icon="threads" title="Read a conversation">
            <Link href={linkTo('/threads')}>Threads</Link> show one person&apos;s messages, in both directions
            and on all channels.
          </Step>
        )}
        <Step icon="settings" title="Use the API">
          Everything here comes from one GraphQL API. <a href="/graphql">Open GraphiQL</a> and ask it
          yourself.
        </Step>
        <Step icon="link" title="Connect Twilio">
          {role === 'ADMIN' ? (
            <>
              <a href={OAUTH_GUIDE} target="_blank" rel="noreferrer">
                Create an OAuth app
              </a>{' '}
              in the Twilio Console and start the gateway with <code>TWILIO_ACCOUNT_SID</code>,{' '}
              <code>TWILIO_CLIENT_ID</code> and <code>TWILIO_CLIENT_SECRET</code>, or with{' '}
              <code>SANDBOX=off</code> and add credentials in the console.
            </>
          ) : (
            'Ask an administrator of this gateway: it needs an OAuth app of your Twilio account.'
          )}
        </Step>
      </ul>
    </section>
  );
}

interface StepProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children: React.ReactNode;
}

function Step({ icon, title, children }: StepProps) {
  return (
    <li>
      <span className="welcome-icon">
        <Icon name={icon} />
      </span>
      <div>
        <h3>{title}</h3>
        <p>{children}</p>
      </div>
    </li>
  );
}

/** Nothing can be read yet. Leads an administrator to adding a credential, and tells others whom to ask. */
export function NoCredential() {
  const { role, name } = useViewer();
  if (role === 'ADMIN') {
    return (
      <State
        icon="lock"
        title="Connect a Twilio account"
        actions={
          <>
            <ButtonLink kind="primary" icon="plus" href={linkTo(CREDENTIALS)}>
              Add a credential
            </ButtonLink>
            <a className="button" href={OAUTH_GUIDE} target="_blank" rel="noreferrer">
              <Icon name="external" /> How to create an OAuth app
            </a>
          </>
        }
      >
        <p>
          There is no credential yet, so there is nothing to read. Create an OAuth app in the Twilio Console
          and add its client id and secret: the gateway shows what they may read before it keeps them.
        </p>
      </State>
    );
  }
  return (
    <State icon="lock" title="Your key opens no account yet">
      <p>
        Ask an administrator of this gateway to give “<bdi>{name}</bdi>” access to a credential. Then reload
        this page.
      </p>
    </State>
  );
}

import { Time } from '../time/Time.tsx';
import { ButtonLink } from '../ui/Button.tsx';
import { Copy } from '../ui/Copy.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Notice } from '../ui/states.tsx';
import { linkTo } from '../url/use-url.ts';
import type { Credential } from './AccountRow.tsx';
import { neededFor } from './permissions.ts';

/** The permissions of a credential; for those it lacks, what does not work and how to grant them. */
export function MissingPermissions({ credential, role }: { credential: Credential; role: string }) {
  const { permissions, clientId } = credential;
  if (permissions.length === 0) {
    return <Notice tone="warning">Its permissions could not be checked now.</Notice>;
  }
  const missing = permissions.filter(({ granted }) => !granted);
  return (
    <>
      <ul className="account-permissions">
        {permissions.map(({ permission, twilioName, granted }) => (
          <li key={permission} className={granted ? '' : 'lacking'}>
            <Icon name={granted ? 'check' : 'cross'} />
            <span className="visually-hidden">{granted ? 'Granted: ' : 'Missing: '}</span>
            <code>{twilioName}</code>
            <span className="muted">{neededFor(permission)}</span>
          </li>
        ))}
      </ul>
      {missing.length > 0 && (
        <Notice
          tone="warning"
          actions={
            role === 'ADMIN' && <ButtonLink href={linkTo('/admin/credentials')}>Check again</ButtonLink>
          }
        >
          <strong>To grant what is missing:</strong>
          <ol className="steps">
            <li>
              Open this account in the Twilio Console, and there Account management → OAuth apps → the app{' '}
              <code>{clientId}</code>.
            </li>
            <li>
              Add{' '}
              {missing.map(({ twilioName }) => (
                <span key={twilioName} className="grant">
                  <code>{twilioName}</code> <Copy text={twilioName} name={`permission ${twilioName}`} />
                </span>
              ))}{' '}
              and save.
            </li>
            <li>
              {role === 'ADMIN'
                ? 'Check the credential again here.'
                : 'Ask an administrator of this gateway to check the credential again.'}
            </li>
          </ol>
        </Notice>
      )}
      <p className="muted">
        Checked <Time at={permissions[0]?.dateChecked} />
      </p>
    </>
  );
}

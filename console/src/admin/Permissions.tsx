import { Icon } from '../ui/Icon.tsx';
import { wordsOf } from './permission-words.ts';

interface Permission {
  readonly permission: string;
  readonly twilioName: string;
  readonly granted: boolean;
}

/** Each permission of an OAuth app, granted or missing. */
export function Permissions({ permissions }: { readonly permissions: readonly Permission[] }) {
  if (permissions.length === 0) return <span className="muted">Not checked yet</span>;
  return (
    <ul className="permissions">
      {permissions.map(({ permission, twilioName, granted }) => (
        <li key={permission} title={twilioName} className={granted ? 'granted' : 'missing'}>
          <Icon name={granted ? 'check' : 'cross'} />
          {wordsOf(permission)}
          {!granted && ' (missing)'}
          {granted && <span className="visually-hidden"> (granted)</span>}
        </li>
      ))}
    </ul>
  );
}

import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useViewer } from '../shell/viewer.ts';
import { ButtonLink } from '../ui/Button.tsx';
import { Page } from '../ui/Page.tsx';
import { State } from '../ui/states.tsx';
import { linkTo } from '../url/use-url.ts';
import './admin.css';

/** The screens of the administration, in the order of their tabs. */
const TABS = [
  ['/admin/credentials', 'Credentials'],
  ['/admin/keys', 'API keys'],
  ['/admin/history', 'History'],
  ['/admin/documents', 'Documents'],
  ['/admin/audit', 'Audit'],
] as const;

interface AdminPageProps {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A screen of the administration, with the tabs that lead to the others. Others than administrators see why it is not for them. */
export function AdminPage({ title, actions, children }: AdminPageProps) {
  const { role, name } = useViewer();
  const [path] = useLocation();
  if (role !== 'ADMIN') {
    return (
      <Page title={title}>
        <State
          icon="lock"
          title="This is for administrators"
          actions={<ButtonLink href={linkTo('/messages')}>Go to the messages</ButtonLink>}
        >
          <p>
            You are signed in as {name}, a reader. Sign in with an ADMIN key to manage credentials, keys,
            copies of the history and documents.
          </p>
        </State>
      </Page>
    );
  }
  return (
    <Page title={title} actions={actions}>
      <nav aria-label="Administration" className="tabs">
        <ul className="row">
          {TABS.map(([href, label]) => (
            <li key={href}>
              <Link href={linkTo(href)} className="tab" aria-current={path === href ? 'page' : undefined}>
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {children}
    </Page>
  );
}

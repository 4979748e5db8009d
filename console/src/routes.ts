import type { ComponentType } from 'react';
import type { IconName } from './ui/Icon.tsx';

/** A screen: its path, its code, and its place in the navigation. */
export interface ScreenRoute {
  /** A pattern of wouter's. Its parameters are the properties of the screen. */
  readonly path: string;
  /** Loads the screen when it is first shown. */
  // biome-ignore lint/suspicious/noExplicitAny: each screen has the parameters of its own path
  readonly load: () => Promise<{ readonly default: ComponentType<any> }>;
  readonly nav?: {
    readonly name: string;
    readonly icon: IconName;
    /** The second key of its shortcut: `g m`. */
    readonly key: string;
    /** Who sees it. @default everyone */
    readonly role?: 'ADMIN';
  };
}

/** In the order of the navigation. */
export const ROUTES: readonly ScreenRoute[] = [
  {
    path: '/',
    load: () => import('./insights/InsightsScreen.tsx'),
    nav: { name: 'Insights', icon: 'chart', key: 'i' },
  },
  {
    path: '/messages',
    load: () => import('./messages/MessagesScreen.tsx'),
    nav: { name: 'Messages', icon: 'message', key: 'm' },
  },
  { path: '/messages/:accountSid/:sid', load: () => import('./messages/MessageScreen.tsx') },
  {
    path: '/threads',
    load: () => import('./threads/ThreadsScreen.tsx'),
    nav: { name: 'Threads', icon: 'threads', key: 't' },
  },
  { path: '/threads/:id', load: () => import('./threads/ThreadScreen.tsx') },
  {
    path: '/accounts',
    load: () => import('./accounts/AccountsScreen.tsx'),
    nav: { name: 'Accounts', icon: 'accounts', key: 'a' },
  },
  {
    path: '/admin',
    load: () => import('./admin/AdminScreen.tsx'),
    nav: { name: 'Admin', icon: 'settings', key: 's', role: 'ADMIN' },
  },
  { path: '/admin/credentials', load: () => import('./admin/CredentialsScreen.tsx') },
  { path: '/admin/keys', load: () => import('./admin/KeysScreen.tsx') },
  { path: '/admin/history', load: () => import('./admin/HistoryScreen.tsx') },
  { path: '/admin/documents', load: () => import('./admin/DocumentsScreen.tsx') },
  { path: '/admin/audit', load: () => import('./admin/AuditScreen.tsx') },
];

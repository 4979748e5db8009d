import { type ReactNode, useEffect, useState } from 'react';
import { navigate } from 'wouter/use-browser-location';
import { ROUTES } from '../routes.ts';
import { Announcements } from '../ui/announce.tsx';
import { linkTo } from '../url/use-url.ts';
import { type Command, useCommands } from './commands.ts';
import { Help } from './Help.tsx';
import { Palette } from './Palette.tsx';
import { SessionDialog, tellOtherTabs } from './SessionDialog.tsx';
import { listenToShortcuts, useShortcuts } from './shortcuts.ts';
import { TopBar } from './TopBar.tsx';
import './shell.css';

/** The frame around every screen. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const [open, setOpen] = useState<'palette' | 'help' | null>(null);
  useEffect(listenToShortcuts, []);
  useEffect(tellOtherTabs, []);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen((present) => (present === 'palette' ? null : 'palette'));
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
  const screens = ROUTES.flatMap(({ path, nav }) => (nav ? [{ path, ...nav }] : []));
  useShortcuts('Everywhere', [
    { keys: '?', name: 'Keyboard shortcuts', run: () => setOpen('help') },
    ...screens.map(({ path, name, key }) => ({
      keys: `g ${key}`,
      name: `Go to ${name}`,
      run: () => navigate(linkTo(path)),
    })),
  ]);
  useCommands(
    screens.map(
      ({ path, name, key, icon }): Command => ({
        name: `Go to ${name}`,
        icon,
        keys: `g ${key}`,
        run: () => navigate(linkTo(path)),
      }),
    ),
  );
  const close = () => setOpen(null);
  return (
    <>
      <button
        type="button"
        className="skip-link button visually-hidden"
        onClick={() => document.getElementById('main')?.focus()}
      >
        Skip to the content
      </button>
      <TopBar onPalette={() => setOpen('palette')} onHelp={() => setOpen('help')} />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      {open === 'palette' && <Palette onClose={close} />}
      {open === 'help' && <Help onClose={close} />}
      <SessionDialog />
      <Announcements />
    </>
  );
}

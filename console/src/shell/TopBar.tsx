import { Suspense } from 'react';
import { Link, useLocation } from 'wouter';
import { signOut } from '../relay/post.ts';
import { ROUTES } from '../routes.ts';
import { allZones, useZone } from '../time/zone.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Load } from '../ui/Load.tsx';
import { Menu } from '../ui/Menu.tsx';
import { linkTo, useFragmentState } from '../url/use-url.ts';
import { takePlace } from './place.ts';
import { setPreference, usePreferences } from './preferences.ts';
import { useViewer } from './viewer.ts';

interface TopBarProps {
  readonly onPalette: () => void;
  readonly onHelp: () => void;
}

export function TopBar({ onPalette, onHelp }: TopBarProps) {
  return (
    <header className="top-bar">
      <Link href={linkTo('/')} className="brand" aria-label="Gateway: insights">
        <span className="brand-mark">
          <Icon name="message" />
        </span>
        <span className="brand-name">Gateway</span>
      </Link>
      <nav aria-label="Screens" className="screens">
        <Suspense fallback={null}>
          <Screens />
        </Suspense>
      </nav>
      <div className="row top-bar-end">
        <Button
          kind="plain"
          icon="search"
          className="palette-button"
          onClick={onPalette}
          aria-label="Search Ctrl K"
          aria-keyshortcuts="Control+K"
        >
          <span className="palette-label">
            Search <kbd>Ctrl K</kbd>
          </span>
        </Button>
        <Menu label="Time, theme and sign-out" icon="user" iconOnly kind="quiet" align="end">
          {() => (
            <>
              <Load fallback={null}>{() => <ViewerFacts />}</Load>
              <ZonePicker />
              <ThemePicker />
              <div className="menu-section">
                <Button kind="quiet" className="menu-item" onClick={onHelp}>
                  Keyboard shortcuts <kbd>?</kbd>
                </Button>
                <a className="button quiet menu-item" href="/graphql">
                  GraphiQL
                </a>
                <Button
                  kind="quiet"
                  className="menu-item"
                  onClick={async () => {
                    await signOut();
                    takePlace();
                    // Nothing that was read stays in memory.
                    location.assign('/login');
                  }}
                >
                  Sign out
                </Button>
              </div>
            </>
          )}
        </Menu>
      </div>
    </header>
  );
}

/** The screens that the caller's role may use. */
function Screens() {
  const { role } = useViewer();
  const [path] = useLocation();
  return (
    <ul className="row">
      {ROUTES.flatMap(({ path: href, nav }) => {
        if (!nav || (nav.role && nav.role !== role)) return [];
        const isCurrent = href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
        return [
          <li key={href}>
            <Link href={linkTo(href)} className="screen-link" aria-current={isCurrent ? 'page' : undefined}>
              {nav.name}
            </Link>
          </li>,
        ];
      })}
    </ul>
  );
}

function ViewerFacts() {
  const { name, role, fieldPolicy, credentials } = useViewer();
  const hidden = Object.entries(fieldPolicy)
    .filter(([, visibility]) => visibility !== 'SHOWN')
    .map(([part, visibility]) => `${part} ${visibility.toLowerCase().replace('_', ' ')}`);
  return (
    <div className="menu-section">
      <strong>{name}</strong>
      <span className="muted">
        {role === 'ADMIN' ? 'Administrator' : 'Reader'} · {credentials.length}{' '}
        {credentials.length === 1 ? 'credential' : 'credentials'}
      </span>
      {hidden.length > 0 && <span className="muted">Field policy: {hidden.join(', ')}</span>}
    </div>
  );
}

function ZonePicker() {
  const zone = useZone();
  const [, change] = useFragmentState();
  return (
    <div className="menu-section">
      <Field label="Time zone">
        {(attributes) => (
          <select
            {...attributes}
            value={zone}
            onChange={(event) => change({ zone: event.currentTarget.value }, { replace: true })}
          >
            {[...new Set([zone, ...allZones()])].map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
      </Field>
    </div>
  );
}

const THEMES = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const;

function ThemePicker() {
  const { theme } = usePreferences();
  return (
    <fieldset className="menu-section theme-picker">
      <legend>Theme</legend>
      {THEMES.map(([value, name]) => (
        <label key={value}>
          <input
            type="radio"
            name="theme"
            checked={theme === value}
            onChange={() => setPreference('theme', value)}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}

import { type ComponentType, lazy, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RelayEnvironmentProvider } from 'react-relay';
import { Redirect, Route, Switch } from 'wouter';
import { createEnvironment } from './relay/environment.ts';
import { toGatewayError } from './relay/gateway-error.ts';
import { ROUTES } from './routes.ts';
import { NotFound } from './shell/NotFound.tsx';
import { returnToPlace } from './shell/place.ts';
import { applyTheme } from './shell/preferences.ts';
import { Shell } from './shell/Shell.tsx';
import './theme.css';
import { Load } from './ui/Load.tsx';

applyTheme();
returnToPlace();
const environment = createEnvironment();
const screens = ROUTES.map(({ path, load }) => ({ path, Screen: lazy(load) }));
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root.');

// A failed read is a state of the screen. Anything else that is caught is a defect.
const onCaughtError = (error: unknown) => {
  if (toGatewayError(error).code === 'UNKNOWN') reportError(error);
};

createRoot(root, { onCaughtError }).render(
  <StrictMode>
    <RelayEnvironmentProvider environment={environment}>
      <Shell>
        <Switch>
          {screens.map(({ path, Screen }) => (
            <Route key={path} path={path}>
              {(params) => (
                <Load resetKey={location.pathname}>{() => <ScreenOf screen={Screen} params={params} />}</Load>
              )}
            </Route>
          ))}
          {!ROUTES.some(({ path }) => path === '/') && (
            <Route path="/">
              <Redirect to="/messages" replace />
            </Route>
          )}
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </Shell>
    </RelayEnvironmentProvider>
  </StrictMode>,
);

interface ScreenOfProps {
  readonly screen: ComponentType<Record<string, string | undefined>>;
  readonly params: Readonly<Record<string, string | undefined>>;
}

function ScreenOf({ screen: Screen, params }: ScreenOfProps) {
  return <Screen {...params} />;
}

import { ButtonLink } from '../ui/Button.tsx';
import { Page } from '../ui/Page.tsx';
import { State } from '../ui/states.tsx';

export function NotFound() {
  return (
    <Page title="Not found">
      <State
        icon="search"
        title="There is no screen at this address"
        actions={<ButtonLink href="/">Start</ButtonLink>}
      >
        <p>The link may be of another version of the gateway, or cut.</p>
      </State>
    </Page>
  );
}

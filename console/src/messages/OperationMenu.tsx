import { useViewer } from '../shell/viewer.ts';
import { copyText } from '../ui/Copy.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Menu, MenuItem } from '../ui/Menu.tsx';
import { graphiqlHref, type Operation, toCurl, toText } from './message-query.ts';

interface OperationMenuProps {
  readonly operation: () => Operation;
  /** Shows the icon without the words. @default false */
  readonly iconOnly?: boolean;
}

/** The equivalent of what is shown: as GraphQL, as a command, or in GraphiQL. */
export function OperationMenu({ operation, iconOnly = false }: OperationMenuProps) {
  const { name } = useViewer();
  // The gateway calls a caller without a key so.
  const needsKey = name !== 'local';
  return (
    <Menu label="Use the API" icon="copy" iconOnly={iconOnly} kind="plain" align="end">
      {(close) => (
        <>
          <MenuItem
            icon="copy"
            onSelect={() => {
              close();
              copyText(toText(operation()), 'GraphQL');
            }}
          >
            Copy as GraphQL
          </MenuItem>
          <MenuItem
            icon="copy"
            onSelect={() => {
              close();
              copyText(toCurl(operation(), location.origin, needsKey), 'curl command');
            }}
          >
            Copy as curl
          </MenuItem>
          <a
            className="button quiet menu-item"
            href={graphiqlHref(operation())}
            target="_blank"
            rel="noreferrer"
          >
            <Icon name="external" /> Open in GraphiQL
          </a>
          {needsKey && (
            <p className="menu-section muted operation-hint">
              The command takes an API key from the variable <code>GATEWAY_KEY</code>.
            </p>
          )}
        </>
      )}
    </Menu>
  );
}

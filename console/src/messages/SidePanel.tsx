import { useDeferredValue } from 'react';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { Load } from '../ui/Load.tsx';
import { linkTo, messagePath } from '../url/use-url.ts';
import { MessageDetail } from './MessageDetail.tsx';
import { messageOperation } from './message-query.ts';
import { OperationMenu } from './OperationMenu.tsx';
import { type Panel, printPanel } from './panel.ts';

interface SidePanelProps {
  readonly panel: Panel;
  readonly onClose: () => void;
}

/** One message beside the list; in a narrow window, over it. */
export function SidePanel({ panel, onClose }: SidePanelProps) {
  // The message before stays until the next one is there.
  const { accountSid, sid } = useDeferredValue(panel);
  return (
    <aside className="side-panel" aria-label="Message">
      <header className="row spread side-panel-head">
        <h2>Message</h2>
        <span className="row">
          <Load fallback={null}>
            {() => <OperationMenu operation={() => messageOperation(accountSid, sid)} />}
          </Load>
          <ButtonLink kind="quiet" icon="external" iconOnly href={linkTo(messagePath(accountSid, sid))}>
            Open on a page of its own
          </ButtonLink>
          <Button kind="quiet" icon="cross" iconOnly onClick={onClose}>
            Close
          </Button>
        </span>
      </header>
      <div className={sid === panel.sid ? undefined : 'dimmed'}>
        <Load resetKey={printPanel(panel)}>
          {(attempt) => <MessageDetail accountSid={accountSid} sid={sid} attempt={attempt} level="h3" />}
        </Load>
      </div>
    </aside>
  );
}

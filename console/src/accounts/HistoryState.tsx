import { Time } from '../time/Time.tsx';
import { ButtonLink } from '../ui/Button.tsx';
import type { IconName } from '../ui/Icon.tsx';
import { Badge, type Tone } from '../ui/Status.tsx';
import { Notice } from '../ui/states.tsx';
import { Facts } from '../ui/Table.tsx';
import { linkTo } from '../url/use-url.ts';

interface History {
  readonly enabled: boolean;
  readonly keepsBodies: boolean;
  readonly days: number | null | undefined;
  readonly state: string;
  readonly asOf: string | null | undefined;
  readonly messages: number;
  readonly slicesDone: number;
  readonly slicesTotal: number;
  readonly estimatedSecondsLeft: number | null | undefined;
  readonly lastError: string | null | undefined;
}

const STATES: Readonly<Record<string, readonly [Tone, IconName, string]>> = {
  OFF: ['neutral', 'empty', 'No copy'],
  BACKFILLING: ['accent', 'clock', 'Copying'],
  CURRENT: ['success', 'check', 'Copy is current'],
  PAUSED: ['warning', 'stop', 'Copying is paused'],
  FAILING: ['danger', 'alert', 'Copying fails'],
};

const wholeNumber = new Intl.NumberFormat('en').format;

const shareOf = ({ slicesDone, slicesTotal }: History): string =>
  slicesTotal > 0 ? `${Math.floor((100 * slicesDone) / slicesTotal)} %` : '0 %';

/** The state of an account's copy in a word. */
export function HistoryBadge({ history }: { readonly history: History }) {
  const [tone, icon, name] = STATES[history.state] ?? (['neutral', 'question', history.state] as const);
  return (
    <Badge tone={tone} icon={icon}>
      {history.state === 'BACKFILLING' ? `${name}, ${shareOf(history)}` : name}
    </Badge>
  );
}

/** Shows the state of the copy of an account's messages. */
export function HistoryFacts({ history, role }: { readonly history: History; readonly role: string }) {
  const { state, messages, asOf, keepsBodies, days, estimatedSecondsLeft, lastError } = history;
  const manage = role === 'ADMIN' && <ButtonLink href={linkTo('/admin/history')}>Manage</ButtonLink>;
  if (state === 'OFF' && messages === 0) {
    return (
      <Notice actions={manage}>
        Messages are read from Twilio each time. A copy makes lists, threads and insights quick and complete,
        and outlives Twilio's own storage.
      </Notice>
    );
  }
  return (
    <>
      <Facts
        facts={[
          ['State', <HistoryBadge key="s" history={history} />],
          ['Messages', wholeNumber(messages)],
          ['As of', <Time key="a" at={asOf} />],
          ['Texts', keepsBodies ? 'Kept' : 'Not kept'],
          ['Kept for', days == null ? 'No limit' : `${wholeNumber(days)} days`],
          ...(state === 'BACKFILLING' && estimatedSecondsLeft != null
            ? [['Time left', `about ${Math.max(1, Math.round(estimatedSecondsLeft / 60))} min`] as const]
            : []),
        ]}
      />
      {lastError != null && (
        <Notice tone="danger" actions={manage}>
          The last read failed, and is tried again: {lastError}
        </Notice>
      )}
    </>
  );
}

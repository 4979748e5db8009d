import { useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import type { HistoryCard_credential$data, HistoryCard_credential$key } from '#relay/HistoryCard_credential';
import { toGatewayError } from '../relay/gateway-error.ts';
import { Text } from '../text/Body.tsx';
import { Time } from '../time/Time.tsx';
import { announce } from '../ui/announce.tsx';
import { Button } from '../ui/Button.tsx';
import type { IconName } from '../ui/Icon.tsx';
import { Badge, type Tone } from '../ui/Status.tsx';
import { Notice } from '../ui/states.tsx';
import { Facts } from '../ui/Table.tsx';
import { ChangePolicy, EraseHistory, useSetPolicy } from './ChangeHistory.tsx';
import { durationOf } from './duration.ts';

const STATES: Readonly<Record<string, readonly [Tone, IconName, string]>> = {
  OFF: ['neutral', 'stop', 'Off'],
  BACKFILLING: ['accent', 'clock', 'Copying'],
  CURRENT: ['success', 'check', 'Current'],
  PAUSED: ['warning', 'stop', 'Paused'],
  FAILING: ['danger', 'alert', 'Failing'],
};

interface HistoryCardProps {
  readonly credential: HistoryCard_credential$key;
  readonly onChange: () => void;
}

/** The copy of one account: its state, how far it is, what it keeps, and what can be done with it. */
export function HistoryCard({ credential, onChange }: HistoryCardProps) {
  const { id, nickname, accountSid, history } = useFragment(
    graphql`
      fragment HistoryCard_credential on Credential {
        id
        nickname
        accountSid
        history {
          enabled
          keepsBodies
          days
          state
          syncedFrom
          syncedUntil
          asOf
          messages
          slicesDone
          slicesTotal
          estimatedSecondsLeft
          lastError
        }
      }
    `,
    credential,
  );
  const [opened, setOpened] = useState<'policy' | 'erase' | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const setPolicy = useSetPolicy();
  const [tone, icon, word] = STATES[history.state] ?? ['neutral', 'question', history.state];
  const isPaused = history.state === 'PAUSED';
  const done = (text: string) => {
    setOpened(null);
    announce(text);
    onChange();
  };

  async function pause() {
    setProblem(null);
    const { enabled, keepsBodies, days } = history;
    try {
      await setPolicy({
        credentialId: id,
        policy: { enabled, keepsBodies, days: days ?? null, paused: !isPaused },
      });
      done(isPaused ? `Copying goes on for ${nickname}` : `Copying pauses for ${nickname}`);
    } catch (error) {
      setProblem(toGatewayError(error).message);
    }
  }

  const named = <span className="visually-hidden"> {nickname}</span>;
  const change = { id, nickname, history, onClose: () => setOpened(null), onDone: done };
  return (
    <article className="card stack" aria-label={nickname}>
      <header className="row spread">
        <h2>
          <Text text={nickname} />
        </h2>
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
      </header>
      {problem && <Notice tone="danger">{problem}</Notice>}
      {history.lastError && <Notice tone="warning">The last read failed: {history.lastError}</Notice>}
      <Progress nickname={nickname} history={history} />
      <Facts
        facts={[
          ['Account', <code key="account">{accountSid}</code>],
          [
            'Messages',
            <span key="messages" className="number">
              {history.messages.toLocaleString('en')}
            </span>,
          ],
          ['Covers', <Coverage key="covers" history={history} />],
          ['Newest read', <Time key="newest" at={history.asOf} />],
          ['Keeps', keepsOf(history)],
        ]}
      />
      <footer className="row">
        {history.enabled ? (
          <>
            <Button onClick={pause}>
              {isPaused ? 'Resume' : 'Pause'}
              {named}
            </Button>
            <Button onClick={() => setOpened('policy')}>What it keeps{named}</Button>
          </>
        ) : (
          <Button kind="primary" onClick={() => setOpened('policy')}>
            Keep a copy{named}
          </Button>
        )}
        {(history.enabled || history.messages > 0) && (
          <Button kind="danger" onClick={() => setOpened('erase')}>
            Erase{named}
          </Button>
        )}
      </footer>
      {opened === 'policy' && <ChangePolicy {...change} />}
      {opened === 'erase' && <EraseHistory {...change} />}
    </article>
  );
}

type History = HistoryCard_credential$data['history'];

function Progress({ nickname, history }: { readonly nickname: string; readonly history: History }) {
  const { state, slicesDone, slicesTotal, estimatedSecondsLeft } = history;
  if (state !== 'BACKFILLING' || slicesTotal === 0) return null;
  const left = estimatedSecondsLeft == null ? '' : `, about ${durationOf(estimatedSecondsLeft)} left`;
  return (
    <div>
      <progress
        className="progress"
        value={slicesDone}
        max={slicesTotal}
        aria-label={`Progress of ${nickname}`}
      />
      <p className="muted number">
        {slicesDone} of {slicesTotal} parts{left}
      </p>
    </div>
  );
}

function Coverage({ history: { syncedFrom, syncedUntil } }: { readonly history: History }) {
  if (!syncedFrom) return <span className="muted">nothing yet</span>;
  return (
    <>
      <Time at={syncedFrom} exact /> to <Time at={syncedUntil} exact />
    </>
  );
}

function keepsOf({ enabled, keepsBodies, days }: History): string {
  if (!enabled) return 'nothing new';
  const time = days == null ? 'without a limit' : `${days} days`;
  return keepsBodies ? `messages with texts, ${time}` : `messages without texts, ${time}`;
}

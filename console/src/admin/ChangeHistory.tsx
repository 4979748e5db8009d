import { useState } from 'react';
import { graphql } from 'react-relay';
import type { ChangeHistoryEraseMutation } from '#relay/ChangeHistoryEraseMutation';
import type { ChangeHistoryPolicyMutation } from '#relay/ChangeHistoryPolicyMutation';
import { Checkbox } from '../ui/Field.tsx';
import { Notice } from '../ui/states.tsx';
import { ActionDialog } from './ActionDialog.tsx';
import { TextInput } from './Inputs.tsx';
import { useChange } from './use-change.ts';

const POLICY = graphql`
  mutation ChangeHistoryPolicyMutation($credentialId: ID!, $policy: HistoryPolicyInput!) {
    setHistoryPolicy(credentialId: $credentialId, policy: $policy) {
      id
      ...HistoryCard_credential
    }
  }
`;

export const useSetPolicy = () => useChange<ChangeHistoryPolicyMutation>(POLICY, { changesViewer: true });

interface Change {
  readonly id: string;
  readonly nickname: string;
  readonly history: {
    readonly enabled: boolean;
    readonly keepsBodies: boolean;
    readonly days: number | null | undefined;
    readonly state: string;
    readonly messages: number;
  };
  readonly onClose: () => void;
  /** @param text what was done */
  readonly onDone: (text: string) => void;
}

/** Enables a copy, or changes what it keeps and for how long. */
export function ChangePolicy({ id, nickname, history, onClose, onDone }: Change) {
  const isNew = !history.enabled;
  const [keepsBodies, setKeepsBodies] = useState(isNew || history.keepsBodies);
  const [days, setDays] = useState(history.days == null ? '' : String(history.days));
  const setPolicy = useSetPolicy();
  const limit = days === '' ? null : Number(days);
  const isShorter = limit !== null && (history.days == null || limit < history.days);
  return (
    <ActionDialog
      title={isNew ? `Keep a copy of ${nickname}` : `What the copy of ${nickname} keeps`}
      submit={isNew ? 'Start copying' : 'Save'}
      fields={['days']}
      onClose={onClose}
      onSubmit={async () => {
        const paused = history.state === 'PAUSED';
        await setPolicy({ credentialId: id, policy: { enabled: true, paused, keepsBodies, days: limit } });
        onDone(isNew ? `Copying begins for ${nickname}` : `The copy of ${nickname} was changed`);
      }}
    >
      {(errorOf) => (
        <>
          {isNew && (
            <p>
              The gateway reads the messages that Twilio has in the background, and then every few minutes.
            </p>
          )}
          <Checkbox label="Keep the texts of messages" checked={keepsBodies} onChange={setKeepsBodies} />
          <TextInput
            label="Days to keep messages"
            type="number"
            hint="From 1 to 3,660. Without a number there is no limit, also beyond the 400 days of Twilio."
            required={false}
            value={days}
            onChange={setDays}
            error={errorOf('days')}
          />
          {!isNew && history.keepsBodies && !keepsBodies && (
            <Notice tone="warning">The texts that were kept are erased at once.</Notice>
          )}
          {!isNew && isShorter && <Notice tone="warning">Messages that are older are erased at once.</Notice>}
        </>
      )}
    </ActionDialog>
  );
}

const ERASE = graphql`
  mutation ChangeHistoryEraseMutation($credentialId: ID!) {
    eraseHistory(credentialId: $credentialId) {
      id
      ...HistoryCard_credential
    }
  }
`;

/** Erases a copy, after its name was typed. */
export function EraseHistory({ id, nickname, history, onClose, onDone }: Change) {
  const [typed, setTyped] = useState('');
  const erase = useChange<ChangeHistoryEraseMutation>(ERASE, { changesViewer: true });
  return (
    <ActionDialog
      title={`Erase the copy of ${nickname}?`}
      submit="Erase the copy"
      isDanger
      isReady={typed.trim() === nickname}
      onClose={onClose}
      onSubmit={async () => {
        await erase({ credentialId: id });
        onDone(`The copy of ${nickname} was erased`);
      }}
    >
      <p>
        {history.messages.toLocaleString('en')} messages are erased, and no new ones are copied. Messages
        older than Twilio keeps them, 400 days, cannot be read again. Nothing is changed at Twilio.
      </p>
      <TextInput label={`Type ${nickname} to confirm`} value={typed} onChange={setTyped} />
    </ActionDialog>
  );
}

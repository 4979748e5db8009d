import { useState } from 'react';
import { GatewayError } from '../relay/gateway-error.ts';
import { post } from '../relay/post.ts';
import { Copy } from '../ui/Copy.tsx';
import { ActionDialog } from './ActionDialog.tsx';
import { TextInput } from './Inputs.tsx';

/** Sends the administrator to Twilio's consent page for an organization's app. The gateway keeps what belongs to the way back. */
export function ConnectApp({ onClose }: { readonly onClose: () => void }) {
  const [nickname, setNickname] = useState('');
  const [clientId, setClientId] = useState('');
  const [clientSecret, setClientSecret] = useState('');
  const redirectUri = `${location.origin}/oauth/callback`;
  return (
    <ActionDialog
      title="Connect an organization app"
      submit="Go to Twilio"
      fields={['nickname', 'clientId', 'clientSecret']}
      onClose={onClose}
      onSubmit={async () => {
        const response = await post('/oauth/consent', { nickname, clientId, clientSecret });
        const { url, errors } = await response.json();
        if (errors?.[0]) throw new GatewayError(errors[0], { headers: response.headers });
        location.assign(url);
      }}
    >
      {(errorOf) => (
        <>
          <p>
            Twilio asks for your consent on its own page and then returns here. Register this redirect URI
            with the app first:
          </p>
          <p className="row">
            <code>{redirectUri}</code>
            <Copy text={redirectUri} name="redirect URI" />
          </p>
          <TextInput
            label="Nickname"
            hint="To renew a consent, use the nickname and client id of the existing credential."
            value={nickname}
            onChange={setNickname}
            maxLength={64}
            error={errorOf('nickname')}
          />
          <TextInput
            label="Client id"
            value={clientId}
            onChange={setClientId}
            maxLength={64}
            error={errorOf('clientId')}
          />
          <TextInput
            label="Client secret"
            type="password"
            value={clientSecret}
            onChange={setClientSecret}
            error={errorOf('clientSecret')}
          />
        </>
      )}
    </ActionDialog>
  );
}

import { ConfigError, loadConfig } from './config/config.ts';
import { createSandbox, type Sandbox } from './sandbox/sandbox.ts';

/** Runs the sandbox alone until it is stopped, and prints its credentials. */
export async function runSandbox(
  env: Readonly<Record<string, string | undefined>>,
  print: (text: string) => void,
  stopped: () => Promise<void>,
): Promise<void> {
  const { port, redirectUri, ...options } = loadConfig(env).sandbox;
  const sandbox = createSandbox(options);
  const organizations = sandbox.organizationApps;
  if (redirectUri) for (const { clientId } of organizations) allowRedirect(sandbox, clientId, redirectUri);
  const { url, close } = await sandbox.listen({ port });
  const apps = sandbox.apps.map(
    ({ nickname, accountSid, clientId, clientSecret }) => `
  ${nickname}
    TWILIO_ACCOUNT_SID=${accountSid}
    TWILIO_CLIENT_ID=${clientId}
    TWILIO_CLIENT_SECRET=${clientSecret}`,
  );
  print(`Twilio sandbox listening at ${url}; switches for fault injection: ${url}/_sandbox/switches

OAuth apps (simulated, so nothing here is secret):
${apps.join('\n')}

An OAuth app of the subaccount that is no credential yet, to add as one:

    client id      ${sandbox.spareApp.clientId}
    client secret  ${sandbox.spareApp.clientSecret}

Organization OAuth apps, which a person authorizes in a browser:
${organizations
  .map(
    ({ nickname, clientId, clientSecret, redirectUris }) => `
  ${nickname}
    client id      ${clientId}
    client secret  ${clientSecret}
    redirect URIs  ${redirectUris.join(' ')}`,
  )
  .join('\n')}

To point a gateway at it:
    TWILIO_API_URL=${url} TWILIO_OAUTH_URL=${url}
`);
  await stopped();
  await close();
}

function allowRedirect(sandbox: Sandbox, clientId: string, redirectUri: string): void {
  try {
    sandbox.allowRedirect(clientId, redirectUri);
  } catch {
    throw new ConfigError(['SANDBOX_REDIRECT_URI must be an http or https URL without a fragment.']);
  }
}

import { GatewayError, type ResponseError } from '../relay/gateway-error.ts';
import { post } from '../relay/post.ts';

export type ExportFormat = 'csv' | 'ndjson';

/**
 * Downloads messages through the gateway's export, in a POST, so that no phone number is in a URL.
 *
 * @param parameters those of the export's query string
 * @throws {GatewayError} where the gateway rejects it
 */
export async function downloadMessages(
  format: ExportFormat,
  parameters: Readonly<Record<string, unknown>>,
): Promise<void> {
  const response = await post(`/export/messages.${format}`, parameters);
  const { headers } = response;
  if (!response.ok) {
    const body = (await response.json().catch(() => null)) as { errors?: ResponseError[] } | null;
    const error = body?.errors?.[0] ?? { message: `The export failed with the status ${response.status}.` };
    throw new GatewayError(error, { headers });
  }
  save(await response.blob(), `messages.${format}`);
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it in its own time.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

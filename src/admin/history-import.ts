import { gatewayError } from '../errors/gateway-error.ts';
import { BulkExportError, readBulkExport } from '../history/bulk-export.ts';
import type { HistoryStore } from '../history/history-store.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import { type Actor, type Audit, asAdmin } from './actor.ts';

/** A file of Bulk Export. */
export interface ImportFile {
  /** For messages and the audit. */
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** The messages of a file so far. */
export interface Imported {
  readonly read: number;
  readonly inserted: number;
  readonly updated: number;
}

/** Adds the messages of a file to the copies of their accounts, whose histories must be enabled. */
export type ImportHistory = (
  actor: Actor,
  file: ImportFile,
  onBatch?: (imported: Imported) => void,
) => Promise<Imported>;

const BATCH = 1_000;

export function createHistoryImport(history: HistoryStore | undefined, audit: Audit): ImportHistory {
  return (actor, { name, chunks }, onBatch) =>
    asAdmin(actor, async () => {
      if (!history) throw gatewayError('HISTORY_STORE_MISSING');
      const enabled = new Set<string>();
      for (const policy of await history.policies()) if (policy.enabled) enabled.add(policy.accountSid);
      let imported: Imported = { read: 0, inserted: 0, updated: 0 };
      let batch: WireMessage[] = [];

      async function save(): Promise<void> {
        const saved = await saveNewer(history as HistoryStore, batch);
        imported = {
          read: imported.read + batch.length,
          inserted: imported.inserted + saved.inserted,
          updated: imported.updated + saved.updated,
        };
        batch = [];
        onBatch?.(imported);
      }

      try {
        for await (const { line, message } of readBulkExport(chunks)) {
          if (!enabled.has(message.account_sid)) throw new BulkExportError(line, NOT_ENABLED);
          batch.push(message);
          if (batch.length === BATCH) await save();
        }
        await save();
      } catch (error) {
        if (!(error instanceof BulkExportError)) throw error;
        throw gatewayError(
          'BAD_USER_INPUT',
          `Line ${error.line} of ${name} cannot be imported: ${error.message}. ${imported.read} messages before it are imported; a second import changes nothing about them.`,
          'FILE',
        );
      }
      await audit(actor, 'history.import', null, { file: name, ...imported });
      return imported;
    });
}

const NOT_ENABLED = 'the history of its account is not enabled (history enable)';

/**
 * Saves the messages of which the copy has no version that is as new: an export leaves fields out, and must not replace
 * what Twilio's API said.
 */
async function saveNewer(
  history: HistoryStore,
  messages: readonly WireMessage[],
): Promise<Pick<Imported, 'inserted' | 'updated'>> {
  const readAt = new Date();
  let inserted = 0;
  let updated = 0;
  for (const [accountSid, own] of Map.groupBy(messages, ({ account_sid }) => account_sid)) {
    const saved = await history.savePage({ accountSid, messages: own, readAt, onlyNewer: true });
    inserted += saved.inserted;
    updated += saved.updated;
  }
  return { inserted, updated };
}

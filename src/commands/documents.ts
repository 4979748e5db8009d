import { readFile } from 'node:fs/promises';
import type { DocumentCheck, TrustedDocument } from '../admin/trusted-document.ts';
import { type Config, loadConfig } from '../config/config.ts';
import type { DocumentSet } from '../graphql/document-set.ts';
import { command } from './command.ts';
import { CommandError, usageError } from './command-errors.ts';
import { dateText, table } from './output.ts';
import { CLI, findApiKey, withSession } from './session.ts';

const PATH = 'PATH';
const ABOUT_PATH = 'PATH is a folder of .graphql files, or a manifest of Apollo, Relay or graphql-codegen.';

const check = command({
  name: 'documents check',
  summary: 'Check documents against the schema and the limits, and name those that would break.',
  details: `${ABOUT_PATH} Without PATH it is DOCUMENTS, and the published documents are checked too. The exit code is 1 if any would break, so that CI can stop a deployment.`,
  examples: [
    'documents check persisted-documents.json',
    'documents check',
    'documents check --schema next.graphql',
  ],
  operand: { name: PATH, required: false },
  options: {
    schema: {
      value: 'FILE',
      about:
        'Schema in place of that of this gateway, e.g. schema.graphql of another version. Costs are not computed.',
    },
    published: { about: 'Check the published documents too, with PATH.' },
  },
  async run({ operand, schema: file, published }, io) {
    const config = loadConfig(io.env);
    const checkDocument = await openCheck(config, file);
    const path = operand ?? config.documents;
    const problems: string[] = [];
    let count = 0;
    if (path !== undefined) {
      const set = await load(path, config, checkDocument);
      problems.push(...set.problems);
      count += set.documents.length;
    }
    const result = async () => {
      if (problems.length > 0) throw invalid(problems);
      const text = `${count === 1 ? '1 document is' : `${count} documents are`} valid.`;
      return { json: { documents: count, valid: true }, text };
    };
    if (operand !== undefined && !published) return result();
    return withSession(io, async ({ store }) => {
      for (const { documentId, name, text } of await store.listDocuments()) {
        count += 1;
        const found = checkDocument(text).problems;
        problems.push(
          ...found.map(({ line, message }) => `published ${documentId} (${name}), line ${line}: ${message}`),
        );
      }
      return result();
    });
  },
});

const list = command({
  name: 'documents list',
  summary: 'List the trusted documents.',
  examples: ['documents list', 'documents list --json'],
  options: {},
  run: (_args, io) =>
    withSession(io, async ({ admin }) => {
      const documents = await admin.documents.list(CLI);
      const names = new Map((await admin.apiKeys.list(CLI)).map(({ id, name }) => [id, name]));
      const rows = documents.map(({ documentId, name, source, apiKeyIds, dateAdded }) => [
        name,
        source,
        apiKeyIds?.map((id) => names.get(id) ?? '(revoked)').join(', ') ?? 'all',
        dateText(dateAdded, ''),
        documentId,
      ]);
      return { json: documents, text: table(['NAME', 'SOURCE', 'KEYS', 'ADDED', 'ID'], rows, '') };
    }),
});

const publish = command({
  name: 'documents publish',
  summary: 'Publish documents into the store, all or none. Every gateway runs them within 2 seconds.',
  details: `${ABOUT_PATH} Documents of a manifest keep their ids; those of a folder get "sha256:" and the hash of their text.`,
  examples: [
    'documents publish persisted-documents.json',
    'documents publish src/queries --key Grafana --key "Case desk"',
  ],
  operand: { name: PATH, required: true },
  options: {
    key: {
      value: 'ID|NAME',
      multiple: true,
      about:
        'Id or name of an API key: only it may run the documents; repeat for several. A document that was published before gets these keys too. Default: every caller.',
    },
  },
  async run({ operand, key: wanted }, io) {
    const config = loadConfig(io.env);
    const set = await load(operand, config, await openCheck(config, undefined), true);
    if (set.problems.length > 0) throw invalid(set.problems);
    return withSession(io, async (session) => {
      const { admin } = session;
      const apiKeyIds: string[] = [];
      for (const one of wanted) apiKeyIds.push((await findApiKey(session, one, '--key')).id);
      const inputs = set.documents.map(({ documentId, text }) => ({
        documentId: set.hasIds ? documentId : undefined,
        text,
      }));
      const keys = wanted.length > 0 ? [...new Set(apiKeyIds)] : null;
      const { added, extended, unchanged } = await admin.documents.publish(CLI, inputs, keys);
      const brief = ({ documentId, name }: TrustedDocument) => ({ documentId, name });
      const open = keys ? unchanged.filter((one) => one.apiKeyIds === null).length : 0;
      return {
        json: { added: added.map(brief), extended: extended.map(brief), unchanged: unchanged.length },
        text: [...added, ...extended].map(({ documentId, name }) => `${name}  ${documentId}`).join('\n'),
        note: [
          `${added.length} published, ${extended.length > 0 ? `${extended.length} extended, ` : ''}${unchanged.length} unchanged.`,
          ...(open > 0
            ? [`Every caller may still run ${open} of them. To restrict a document, retire it first.`]
            : []),
        ].join('\n'),
      };
    });
  },
});

const retire = command({
  name: 'documents retire',
  summary: 'Remove a published document. Every gateway rejects it within 2 seconds.',
  operand: { name: 'ID', required: true },
  examples: ['documents retire GetMessages'],
  options: {},
  run: ({ operand }, io) =>
    withSession(io, async ({ admin }) => {
      const [documentId] = await admin.documents.retire(CLI, [operand]);
      return { json: { documentId, retired: true }, text: `The document ${documentId} is retired.` };
    }),
});

export const documentCommands = [check, list, publish, retire] as const;

/** The check of this gateway, or that of another schema, which has no costs. */
async function openCheck(config: Config, file: string | undefined): Promise<DocumentCheck> {
  const { createDocumentCheck } = await import('../graphql/document-check.ts');
  if (file === undefined) {
    const { schema } = await import('../schema/index.ts');
    return createDocumentCheck(schema, config);
  }
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw usageError(`The schema cannot be read (${error.code}).`, '--schema');
  });
  const { buildSchema } = await import('graphql');
  try {
    return createDocumentCheck(buildSchema(text), config, false);
  } catch (error) {
    throw new CommandError(
      'SCHEMA_INVALID',
      `The schema is invalid: ${(error as Error).message}`,
      '--schema',
    );
  }
}

/** @param anyName whether a folder may use names of the gateway's own documents */
async function load(
  path: string,
  config: Config,
  checkDocument: DocumentCheck,
  anyName = false,
): Promise<DocumentSet> {
  const { loadDocumentSet, runAtOnce } = await import('../graphql/document-set.ts');
  const { loadOperations } = await import('../graphql/trusted-documents.ts');
  const reserved = new Set(anyName ? [] : loadOperations().keys());
  return runAtOnce(loadDocumentSet(path, { check: checkDocument, reserved, limits: config.limits }));
}

function invalid(problems: readonly string[]): CommandError {
  const lines = problems.map((problem) => `  - ${problem}`).join('\n');
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new CommandError('DOCUMENTS_INVALID', `The documents have ${count}:\n${lines}`, PATH);
}

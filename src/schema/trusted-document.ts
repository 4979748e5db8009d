import type { TrustedDocument } from '../admin/trusted-document.ts';
import type { Publication } from '../store/records.ts';
import { builder } from './builder.ts';
import { documentList } from './cost.ts';
import { encodeGlobalId, parseId } from './global-id.ts';

const TrustedDocumentRef = builder.objectRef<TrustedDocument>('TrustedDocument').implement({
  description: 'An operation that callers may run by an id. Visible only to ADMIN.',
  fields: (t) => ({
    documentId: t.string({
      description:
        'The id to send as `documentId`. Its name, and `sha256:` with the hash of its text, are ids of it too.',
      resolve: ({ documentId }) => documentId,
    }),
    name: t.string({
      nullable: true,
      description: 'The name of its operation.',
      resolve: ({ name }) => name,
    }),
    text: t.string({ description: 'What is executed.', resolve: ({ text }) => text }),
    source: t.string({
      description:
        '`GATEWAY`: shipped with the gateway. `CONSOLE`: of the web console. `DOCUMENTS`: from the folder or manifest of this setting. `PUBLISHED`: by `publishDocuments`.',
      resolve: ({ source }) => source,
    }),
    apiKeyIds: t.idList({
      nullable: true,
      description:
        'The `id`s of the API keys that may run it; for all others it does not exist. Null: every caller may. Keys that were revoked stay in the list.',
      resolve: ({ apiKeyIds }) => apiKeyIds?.map((id) => encodeGlobalId('ApiKey', id)),
    }),
    dateAdded: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was published. Null for documents that were not.',
      resolve: ({ dateAdded }) => dateAdded,
    }),
  }),
});

const PublishedDocumentsRef = builder
  .objectRef<Publication<TrustedDocument>>('PublishedDocuments')
  .implement({
    description: 'What publishing changed.',
    fields: (t) => ({
      added: t.field({
        type: [TrustedDocumentRef],
        complexity: documentList,
        description: 'The documents that are new.',
        resolve: ({ added }) => [...added],
      }),
      extended: t.field({
        type: [TrustedDocumentRef],
        complexity: documentList,
        description:
          'Those that had been published before, with the same id and text, for fewer callers: these keys, or every caller, may run them now too.',
        resolve: ({ extended }) => [...extended],
      }),
      unchanged: t.int({
        description:
          'How many had been published before, with the same id and text, for these keys or for every caller.',
        resolve: ({ unchanged }) => unchanged.length,
      }),
    }),
  });

const DocumentInput = builder.inputType('DocumentInput', {
  description: 'A document to publish.',
  fields: (t) => ({
    documentId: t.string({
      description:
        'The id that clients send: 1 to 128 letters, digits or characters of `_.:/~+=-`. By default `sha256:` and the hash of the text.',
    }),
    text: t.string({
      required: true,
      description: 'One operation with a name, and the fragments it uses.',
    }),
  }),
});

builder.queryField('trustedDocuments', (t) =>
  t.field({
    type: [TrustedDocumentRef],
    nullable: true,
    complexity: documentList,
    description:
      'The operations that callers may run by an id, of all sources. For ADMIN; null for a READER, with the error FORBIDDEN. Example: `{ trustedDocuments { documentId name source } }`',
    resolve: async (_root, _args, { admin, caller }) => [...(await admin.documents.list(caller))],
  }),
);

builder.mutationFields((t) => ({
  publishDocuments: t.field({
    type: PublishedDocumentsRef,
    description:
      'Checks documents, computes their costs, and stores them, all or none. Callers may then run them by id, on every gateway within seconds. For ADMIN. Example: `mutation { publishDocuments(documents: [{ text: "query Name { viewer { name } }" }]) { added { documentId } unchanged } }`',
    args: {
      documents: t.arg({ type: [DocumentInput], required: true, description: 'The documents to publish.' }),
      apiKeyIds: t.arg.idList({
        description:
          'The `id`s of 1 to 100 API keys: only they may run the documents, and for all other callers these do not exist. By default every caller may. A document that was published before is extended to these keys, never restricted.',
      }),
    },
    resolve: (_root, { documents, apiKeyIds }, { admin, caller }) => {
      const keys = apiKeyIds?.map((id, index) => parseId('ApiKey', id, `apiKeyIds[${index}]`));
      return admin.documents.publish(caller, documents, keys);
    },
  }),
  retireDocuments: t.stringList({
    description:
      'Removes published documents, all or none, on every gateway within seconds. For ADMIN. Returns their ids. Example: `mutation { retireDocuments(documentIds: ["GetMessages"]) }`',
    args: {
      documentIds: t.arg.stringList({
        required: true,
        description: 'The ids under which they were published.',
      }),
    },
    resolve: async (_root, { documentIds }, { admin, caller }) => [
      ...(await admin.documents.retire(caller, documentIds)),
    ],
  }),
}));

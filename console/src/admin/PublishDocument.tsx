import { useState } from 'react';
import { graphql } from 'react-relay';
import type { PublishDocumentMutation } from '#relay/PublishDocumentMutation';
import type { PublishDocumentRetireMutation } from '#relay/PublishDocumentRetireMutation';
import { announce } from '../ui/announce.tsx';
import { Field } from '../ui/Field.tsx';
import { ActionDialog } from './ActionDialog.tsx';
import { TextInput } from './Inputs.tsx';
import { useChange } from './use-change.ts';

const PUBLISH = graphql`
  mutation PublishDocumentMutation($documents: [DocumentInput!]!) {
    publishDocuments(documents: $documents) {
      added {
        documentId
        name
      }
      unchanged
    }
  }
`;

interface PublishDocumentProps {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Checks a document and stores it: from then on callers run it by its id. */
export function PublishDocument({ onClose, onDone }: PublishDocumentProps) {
  const [text, setText] = useState('');
  const [documentId, setDocumentId] = useState('');
  const publish = useChange<PublishDocumentMutation>(PUBLISH);
  return (
    <ActionDialog
      title="Publish a document"
      submit="Check and publish"
      wide
      fields={['documents']}
      onClose={onClose}
      onSubmit={async () => {
        const id = documentId.trim();
        const { publishDocuments } = await publish({ documents: [{ text, ...(id && { documentId: id }) }] });
        const [added] = publishDocuments.added;
        announce(added ? `${added.name} was published` : 'It had been published before');
        onDone();
      }}
    >
      {(errorOf) => (
        <>
          <Field
            label="Document"
            hint="One operation with a name, and the fragments it uses. Its cost is checked, too."
            error={errorOf('documents')}
          >
            {(attributes) => (
              <textarea
                {...attributes}
                rows={10}
                required
                value={text}
                spellCheck={false}
                onChange={(event) => setText(event.currentTarget.value)}
              />
            )}
          </Field>
          <TextInput
            label="Id"
            hint="By default sha256: and the hash of the text."
            required={false}
            maxLength={128}
            value={documentId}
            onChange={setDocumentId}
          />
        </>
      )}
    </ActionDialog>
  );
}

const RETIRE = graphql`
  mutation PublishDocumentRetireMutation($documentIds: [String!]!) {
    retireDocuments(documentIds: $documentIds)
  }
`;

export function RetireDocument(
  props: PublishDocumentProps & { readonly documentId: string; readonly name: string },
) {
  const { documentId, name, onClose, onDone } = props;
  const retire = useChange<PublishDocumentRetireMutation>(RETIRE);
  return (
    <ActionDialog
      title={`Retire ${name}?`}
      submit={`Retire ${name}`}
      isDanger
      onClose={onClose}
      onSubmit={async () => {
        await retire({ documentIds: [documentId] });
        announce(`${name} was retired`);
        onDone();
      }}
    >
      <p>
        Programs that run <code className="document-id">{documentId}</code> fail from now on, on every gateway
        within seconds.
      </p>
    </ActionDialog>
  );
}

import { useState } from 'react';
import { graphql } from 'react-relay';
import type { PublishDocumentMutation } from '#relay/PublishDocumentMutation';
import type { PublishDocumentRetireMutation } from '#relay/PublishDocumentRetireMutation';
import { Text } from '../text/Body.tsx';
import { announce } from '../ui/announce.tsx';
import { Checkbox, Field } from '../ui/Field.tsx';
import { ActionDialog } from './ActionDialog.tsx';
import { Choice, TextInput } from './Inputs.tsx';
import { useChange } from './use-change.ts';

const PUBLISH = graphql`
  mutation PublishDocumentMutation($documents: [DocumentInput!]!, $apiKeyIds: [ID!]) {
    publishDocuments(documents: $documents, apiKeyIds: $apiKeyIds) {
      added {
        documentId
        name
      }
      unchanged
    }
  }
`;

interface ActionProps {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

interface PublishDocumentProps extends ActionProps {
  readonly apiKeys: readonly { readonly id: string; readonly name: string }[];
}

/** Checks a document and stores it: from then on all callers, or those with chosen keys, run it by its id. */
export function PublishDocument({ apiKeys, onClose, onDone }: PublishDocumentProps) {
  const [text, setText] = useState('');
  const [isForAll, setForAll] = useState(true);
  const [apiKeyIds, setApiKeyIds] = useState<readonly string[]>([]);
  const [documentId, setDocumentId] = useState('');
  const publish = useChange<PublishDocumentMutation>(PUBLISH);
  return (
    <ActionDialog
      title="Publish a document"
      submit="Check and publish"
      wide
      fields={['documents']}
      isReady={isForAll || apiKeyIds.length > 0}
      onClose={onClose}
      onSubmit={async () => {
        const id = documentId.trim();
        const { publishDocuments } = await publish({
          documents: [{ text, ...(id && { documentId: id }) }],
          apiKeyIds: isForAll ? null : apiKeyIds,
        });
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
          {apiKeys.length > 0 && (
            <Choice
              label="Who may run it"
              value={isForAll ? 'ALL' : 'KEYS'}
              choices={CALLERS}
              hint={
                isForAll
                  ? undefined
                  : 'For all others the document does not exist. One that was published before is extended to these keys, never restricted.'
              }
              onChange={(value) => setForAll(value === 'ALL')}
            />
          )}
          {!isForAll && (
            <fieldset className="choices">
              <legend>API keys</legend>
              {apiKeys.map(({ id, name }) => (
                <Checkbox
                  key={id}
                  label={<Text text={name} oneLine={false} />}
                  checked={apiKeyIds.includes(id)}
                  onChange={(isChosen) =>
                    setApiKeyIds(isChosen ? [...apiKeyIds, id] : apiKeyIds.filter((one) => one !== id))
                  }
                />
              ))}
            </fieldset>
          )}
        </>
      )}
    </ActionDialog>
  );
}

const CALLERS = [
  ['ALL', 'Every caller'],
  ['KEYS', 'Only callers with chosen API keys'],
] as const;

const RETIRE = graphql`
  mutation PublishDocumentRetireMutation($documentIds: [String!]!) {
    retireDocuments(documentIds: $documentIds)
  }
`;

export function RetireDocument(props: ActionProps & { readonly documentId: string; readonly name: string }) {
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

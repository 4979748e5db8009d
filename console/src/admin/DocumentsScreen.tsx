import { useState } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import type { DocumentsScreenQuery } from '#relay/DocumentsScreenQuery';
import { Text } from '../text/Body.tsx';
import { Time } from '../time/Time.tsx';
import { Button } from '../ui/Button.tsx';
import { Copy } from '../ui/Copy.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Load } from '../ui/Load.tsx';
import { State } from '../ui/states.tsx';
import { Table } from '../ui/Table.tsx';
import { firstOf } from '../url/fragment.ts';
import { useFragmentState } from '../url/use-url.ts';
import { AdminPage } from './AdminPage.tsx';
import { Choice } from './Inputs.tsx';
import { PublishDocument, RetireDocument } from './PublishDocument.tsx';
import { useVersion } from './use-version.ts';

type Document = NonNullable<DocumentsScreenQuery['response']['trustedDocuments']>[number];

const SOURCES = [
  ['CALLERS', 'All for callers'],
  ['PUBLISHED', 'Published here'],
  ['DOCUMENTS', 'From the setting DOCUMENTS'],
  ['GATEWAY', 'Shipped with the gateway'],
  ['CONSOLE', 'Of this console'],
  ['ALL', 'All, those of this console too'],
] as const;
type Source = (typeof SOURCES)[number][0];
const nameOf = (source: string): string => SOURCES.find(([value]) => value === source)?.[1] ?? source;

/** The operations that callers may run by an id. */
export default function DocumentsScreen() {
  const [isPublishing, setPublishing] = useState(false);
  const [version, refresh] = useVersion();
  return (
    <AdminPage
      title="Documents"
      actions={
        <Button kind="primary" icon="plus" onClick={() => setPublishing(true)}>
          Publish a document
        </Button>
      }
    >
      <Load>
        {(attempt) => (
          <Content
            version={attempt + version}
            isPublishing={isPublishing}
            onPublish={setPublishing}
            onChange={refresh}
          />
        )}
      </Load>
    </AdminPage>
  );
}

interface ContentProps {
  readonly version: number;
  readonly isPublishing: boolean;
  readonly onPublish: (isPublishing: boolean) => void;
  readonly onChange: () => void;
}

function Content({ version, isPublishing, onPublish, onChange }: ContentProps) {
  const { trustedDocuments, apiKeys } = useLazyLoadQuery<DocumentsScreenQuery>(
    graphql`
      query DocumentsScreenQuery {
        trustedDocuments {
          documentId
          name
          text
          source
          apiKeyIds
          dateAdded
        }
        apiKeys {
          id
          name
        }
      }
    `,
    {},
    { fetchPolicy: 'store-and-network', fetchKey: version },
  );
  const [fragment, change] = useFragmentState();
  const [opened, setOpened] = useState<{
    readonly document: Document;
    readonly action: 'show' | 'retire';
  } | null>(null);
  const all = trustedDocuments ?? [];
  const given = firstOf(fragment, 'source');
  const source: Source = SOURCES.find(([value]) => value === given)?.[0] ?? 'CALLERS';
  const shown = all.filter(
    (document) =>
      source === 'ALL' ||
      document.source === source ||
      (source === 'CALLERS' && document.source !== 'CONSOLE'),
  );
  const close = () => setOpened(null);
  const nameOfKey = (id: string) => apiKeys?.find((key) => key.id === id)?.name ?? 'a revoked key';
  return (
    <>
      <div className="filters">
        <Choice
          label="Source"
          value={source}
          choices={SOURCES}
          onChange={(value) => change({ source: value === 'CALLERS' ? null : value })}
        />
      </div>
      {shown.length === 0 ? (
        <State
          icon="empty"
          title="There are no such documents"
          actions={
            <>
              <Button kind="primary" icon="plus" onClick={() => onPublish(true)}>
                Publish a document
              </Button>
              <Button onClick={() => change({ source: null })}>Show all</Button>
            </>
          }
        >
          <p>A published document is an operation that callers run by its id.</p>
        </State>
      ) : (
        <Table
          caption="Trusted documents"
          rows={shown}
          keyOf={({ source: from, documentId }) => `${from} ${documentId}`}
          columns={[
            { name: 'Operation', cell: ({ name }) => name ?? '–' },
            { name: 'Id', cell: ({ documentId }) => <code className="document-id">{documentId}</code> },
            { name: 'Source', cell: ({ source: from }) => nameOf(from) },
            {
              name: 'For',
              cell: ({ apiKeyIds }) =>
                apiKeyIds ? (
                  <Text text={apiKeyIds.map(nameOfKey).join(', ')} oneLine={false} />
                ) : (
                  'Every caller'
                ),
            },
            { name: 'Added', cell: ({ dateAdded }) => <Time at={dateAdded} /> },
            {
              name: 'Actions',
              cell: (document) => (
                <div className="row-actions">
                  <Button kind="quiet" onClick={() => setOpened({ document, action: 'show' })}>
                    Show<span className="visually-hidden"> {document.name}</span>
                  </Button>
                  {document.source === 'PUBLISHED' && (
                    <Button kind="danger" onClick={() => setOpened({ document, action: 'retire' })}>
                      Retire<span className="visually-hidden"> {document.name}</span>
                    </Button>
                  )}
                </div>
              ),
            },
          ]}
        />
      )}
      {isPublishing && (
        <PublishDocument
          apiKeys={apiKeys ?? []}
          onClose={() => onPublish(false)}
          onDone={() => {
            onPublish(false);
            onChange();
          }}
        />
      )}
      {opened?.action === 'show' && (
        <Dialog
          title={opened.document.name ?? opened.document.documentId}
          wide
          onClose={close}
          footer={<Copy text={opened.document.text} name="document" iconOnly={false} />}
        >
          <section className="document-text" tabIndex={0} aria-label="Text">
            <code>{opened.document.text}</code>
          </section>
        </Dialog>
      )}
      {opened?.action === 'retire' && (
        <RetireDocument
          documentId={opened.document.documentId}
          name={opened.document.name ?? opened.document.documentId}
          onClose={close}
          onDone={() => {
            close();
            onChange();
          }}
        />
      )}
    </>
  );
}

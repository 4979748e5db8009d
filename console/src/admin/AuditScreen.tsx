import { type FormEvent, useState } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import type { AuditScreenQuery } from '#relay/AuditScreenQuery';
import { Text } from '../text/Body.tsx';
import { Time } from '../time/Time.tsx';
import { Button } from '../ui/Button.tsx';
import { Load } from '../ui/Load.tsx';
import { State } from '../ui/states.tsx';
import { Table } from '../ui/Table.tsx';
import { firstOf } from '../url/fragment.ts';
import { useFragmentState } from '../url/use-url.ts';
import { AdminPage } from './AdminPage.tsx';
import { TextInput } from './Inputs.tsx';

interface Filter {
  readonly actor: string | null;
  readonly action: string | null;
  readonly after: string | null;
}

const NO_FILTER = { actor: null, action: null, after: null };

/** Which caller changed what and, with AUDIT_READS, read which account. */
export default function AuditScreen() {
  const [fragment, change] = useFragmentState();
  const filter: Filter = {
    actor: firstOf(fragment, 'actor'),
    action: firstOf(fragment, 'action'),
    after: firstOf(fragment, 'after'),
  };
  const key = JSON.stringify(filter);
  return (
    <AdminPage title="Audit">
      <p className="muted">
        The changes of each caller, newest first. With <code>AUDIT_READS=on</code> also the accounts whose
        messages each caller read.
      </p>
      <Filters key={`${filter.actor} ${filter.action}`} filter={filter} onChange={change} />
      <Load resetKey={key}>
        {(attempt) => <Entries filter={filter} attempt={attempt} onChange={change} />}
      </Load>
    </AdminPage>
  );
}

interface FiltersProps {
  readonly filter: Filter;
  readonly onChange: (change: Partial<Filter>) => void;
}

function Filters({ filter, onChange }: FiltersProps) {
  const [actor, setActor] = useState(filter.actor ?? '');
  const [action, setAction] = useState(filter.action ?? '');
  const apply = (event: FormEvent) => {
    event.preventDefault();
    onChange({ actor: actor.trim() || null, action: action.trim() || null, after: null });
  };
  return (
    <form className="filters" onSubmit={apply}>
      <TextInput label="Actor" required={false} saysOptional={false} value={actor} onChange={setActor} />
      <TextInput
        label="Action, e.g. messages.read"
        required={false}
        saysOptional={false}
        value={action}
        onChange={setAction}
        maxLength={64}
      />
      <div className="row">
        <Button type="submit" icon="filter">
          Filter
        </Button>
        {(filter.actor || filter.action) && (
          <Button kind="quiet" onClick={() => onChange(NO_FILTER)}>
            Clear
          </Button>
        )}
      </div>
    </form>
  );
}

interface EntriesProps extends FiltersProps {
  readonly attempt: number;
}

function Entries({ filter, attempt, onChange }: EntriesProps) {
  const { auditEntries } = useLazyLoadQuery<AuditScreenQuery>(
    graphql`
      query AuditScreenQuery($actor: String, $action: String, $after: String) {
        auditEntries(first: 50, actor: $actor, action: $action, after: $after) {
          nodes {
            id
            at
            actor
            action
            subject
            origin
            detail
          }
          pageInfo {
            hasNextPage
            endCursor
          }
        }
      }
    `,
    filter,
    { fetchPolicy: 'store-and-network', fetchKey: attempt },
  );
  const { nodes = [], pageInfo } = auditEntries ?? {};
  if (nodes.length === 0) {
    const isFiltered = filter.actor !== null || filter.action !== null || filter.after !== null;
    return (
      <State
        icon="search"
        title={isFiltered ? 'No entry matches' : 'There is no entry yet'}
        actions={isFiltered && <Button onClick={() => onChange(NO_FILTER)}>Show all entries</Button>}
      />
    );
  }
  return (
    <>
      <Table
        caption="Entries of the audit"
        rows={nodes}
        keyOf={({ id }) => id}
        columns={[
          { name: 'Time', cell: ({ at }) => <Time at={at} /> },
          { name: 'Actor', cell: ({ actor }) => <Text text={actor} /> },
          { name: 'Action', cell: ({ action }) => <code>{action}</code> },
          { name: 'Subject', cell: ({ subject }) => <code>{subject ?? '–'}</code> },
          { name: 'From', cell: ({ origin }) => origin ?? '–' },
          { name: 'Details', cell: ({ detail }) => <code className="document-id">{detail ?? ''}</code> },
        ]}
      />
      <div className="row">
        {filter.after && <Button onClick={() => onChange({ after: null })}>Newest entries</Button>}
        {pageInfo?.hasNextPage && (
          <Button onClick={() => onChange({ after: pageInfo.endCursor ?? null })}>Older entries</Button>
        )}
      </div>
    </>
  );
}

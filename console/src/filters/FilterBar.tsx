import { useState } from 'react';
import { useViewer } from '../shell/viewer.ts';
import { Button } from '../ui/Button.tsx';
import { Menu, MenuItem } from '../ui/Menu.tsx';
import { ConditionEditor } from './ConditionEditor.tsx';
import { conditionsOf, type Filter, type FilterKey, NO_FILTER } from './filter.ts';
import './filters.css';
import { FilterInput } from './FilterInput.tsx';
import { RangeMenu } from './RangeMenu.tsx';
import { describe, KEY_NAMES } from './words.ts';

interface FilterBarProps {
  readonly filter: Filter;
  readonly onChange: (change: Partial<Filter>) => void;
  /** The conditions that the screen offers. @default all */
  readonly keys?: readonly FilterKey[];
}

const ALL_KEYS = (Object.keys(NO_FILTER) as FilterKey[]).filter((key) => key !== 'range');

/** The conditions of the URL as tokens, a field that makes tokens of what is typed, and the range of time. */
export function FilterBar({ filter, onChange, keys = ALL_KEYS }: FilterBarProps) {
  const allowed = useAllowed(keys);
  const present = conditionsOf(filter);
  return (
    <search className="filter-bar">
      <RangeMenu range={filter.range} onChange={(range) => onChange({ range })} />
      <FilterInput filter={filter} allowed={allowed} onChange={onChange} />
      {present.map((key) => (
        <span key={key} className="filter-token">
          <Menu
            label={`${KEY_NAMES[key]}: ${describe(filter, key)}`}
            kind="quiet"
            shown={
              <>
                <span className="muted">{KEY_NAMES[key]}</span>{' '}
                <bdi className="token-value">{describe(filter, key)}</bdi>
              </>
            }
          >
            {(close) => (
              <ConditionEditor condition={key} filter={filter} onChange={onChange} onDone={close} />
            )}
          </Menu>
          <Button kind="quiet" icon="cross" iconOnly onClick={() => onChange({ [key]: NO_FILTER[key] })}>
            {`Remove ${KEY_NAMES[key]}`}
          </Button>
        </span>
      ))}
      <AddFilter filter={filter} keys={allowed.filter((key) => !present.includes(key))} onChange={onChange} />
      {present.length > 1 && (
        <Button
          kind="quiet"
          onClick={() => onChange(Object.fromEntries(present.map((key) => [key, NO_FILTER[key]])))}
        >
          Clear all
        </Button>
      )}
    </search>
  );
}

/** A caller cannot filter by fields that the field policy hides. */
function useAllowed(keys: readonly FilterKey[]): readonly FilterKey[] {
  const { fieldPolicy, credentials } = useViewer();
  return keys.filter((key) => {
    if (key === 'with' || key === 'from' || key === 'to') return fieldPolicy.addresses === 'SHOWN';
    if (key === 'text') return fieldPolicy.bodies === 'SHOWN';
    if (key === 'media') return fieldPolicy.media === 'SHOWN';
    return key !== 'account' || credentials.length > 1;
  });
}

interface AddFilterProps {
  readonly filter: Filter;
  readonly keys: readonly FilterKey[];
  readonly onChange: (change: Partial<Filter>) => void;
}

function AddFilter({ filter, keys, onChange }: AddFilterProps) {
  const [chosen, setChosen] = useState<FilterKey | null>(null);
  return (
    <Menu label="Filter" icon="plus" kind="quiet">
      {(close) =>
        chosen && keys.includes(chosen) ? (
          <ConditionEditor
            condition={chosen}
            filter={filter}
            onChange={onChange}
            onDone={() => {
              close();
              setChosen(null);
            }}
          />
        ) : (
          keys.map((key) => (
            <MenuItem key={key} onSelect={() => setChosen(key)}>
              {KEY_NAMES[key]}
            </MenuItem>
          ))
        )
      }
    </Menu>
  );
}

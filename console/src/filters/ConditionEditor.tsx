import { type FormEvent, useState } from 'react';
import { useViewer } from '../shell/viewer.ts';
import { Button } from '../ui/Button.tsx';
import { Checkbox, Field } from '../ui/Field.tsx';
import { CHANNELS, DIRECTIONS, type Filter, type FilterKey, OUTCOMES, STATUSES } from './filter.ts';
import { countryName, KEY_NAMES, wordOf } from './words.ts';

interface EditorProps {
  readonly condition: FilterKey;
  readonly filter: Filter;
  readonly onChange: (change: Partial<Filter>) => void;
  readonly onDone: () => void;
}

const LISTS: Readonly<Partial<Record<FilterKey, readonly string[]>>> = {
  outcome: OUTCOMES,
  status: STATUSES,
  direction: DIRECTIONS,
  channel: CHANNELS,
};

/** Edits one condition in a menu. */
export function ConditionEditor(props: EditorProps) {
  const { condition, filter, onChange } = props;
  const values = LISTS[condition];
  if (values) {
    const chosen = filter[condition] as readonly string[];
    return (
      <Choices
        name={KEY_NAMES[condition]}
        values={values}
        chosen={chosen}
        nameOf={wordOf}
        onChange={(next) => onChange({ [condition]: next })}
      />
    );
  }
  if (condition === 'account') return <Accounts {...props} />;
  if (condition === 'media') {
    return (
      <Choices
        name="Media"
        values={['yes', 'no']}
        chosen={filter.media === null ? [] : [filter.media ? 'yes' : 'no']}
        nameOf={(value) => (value === 'yes' ? 'With media' : 'Without media')}
        onChange={(next) => onChange({ media: next.length === 0 ? null : next.at(-1) === 'yes' })}
      />
    );
  }
  return <TypedValue {...props} />;
}

function Accounts({ filter, onChange }: EditorProps) {
  const { credentials } = useViewer();
  const names = new Map(credentials.map(({ accountSid, nickname }) => [accountSid, nickname]));
  const values = [...new Set([...names.keys(), ...filter.account])];
  return (
    <Choices
      name="Account"
      values={values}
      chosen={filter.account}
      nameOf={(sid) => `${names.get(sid) ?? 'Account'} (…${sid.slice(-4)})`}
      onChange={(account) => onChange({ account })}
    />
  );
}

interface ChoicesProps {
  readonly name: string;
  readonly values: readonly string[];
  readonly chosen: readonly string[];
  readonly nameOf: (value: string) => string;
  readonly onChange: (chosen: string[]) => void;
}

function Choices({ name, values, chosen, nameOf, onChange }: ChoicesProps) {
  return (
    <fieldset className="filter-choices">
      <legend>{name}</legend>
      {values.map((value) => (
        <Checkbox
          key={value}
          label={nameOf(value)}
          checked={chosen.includes(value)}
          onChange={(checked) =>
            onChange(checked ? [...chosen, value] : chosen.filter((one) => one !== value))
          }
        />
      ))}
    </fieldset>
  );
}

const HINTS: Readonly<Partial<Record<FilterKey, string>>> = {
  with: 'A number like +14155550100, in either direction and on every channel.',
  from: 'Exactly this sender: a number, a short code, a name, or a channel address.',
  to: 'Exactly this recipient.',
  error: "Twilio's error codes, e.g. 30003, 30005.",
  country: 'Codes of two letters, e.g. DE, US.',
  text: 'Messages with all of these words.',
  service: 'MG and 32 hexadecimal digits.',
};

/** Reads what was typed. @returns a sentence about what is wrong with it */
function parse(condition: FilterKey, text: string): Partial<Filter> | string {
  const items = [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
  if (condition === 'error') {
    const valid = items.every((item) => /^\d{1,6}$/.test(item));
    return valid ? { error: items.map(Number) } : 'An error code is a number of up to six digits.';
  }
  if (condition === 'country') {
    const codes = items.map((item) => item.toUpperCase());
    const unknown = codes.find((code) => !/^[A-Z]{2}$/.test(code) || countryName(code) === code);
    return unknown ? 'A country is a code of two letters, e.g. DE.' : { country: codes };
  }
  if (condition === 'service') {
    const valid = items.every((item) => /^MG[0-9a-f]{32}$/.test(item));
    return valid ? { service: items } : 'A Messaging Service is MG and 32 hexadecimal digits.';
  }
  return { [condition]: text.trim() || null };
}

function TypedValue({ condition, filter, onChange, onDone }: EditorProps) {
  const value = filter[condition];
  const [text, setText] = useState(Array.isArray(value) ? value.join(', ') : String(value ?? ''));
  const [error, setError] = useState<string | null>(null);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const change = parse(condition, text);
    if (typeof change === 'string') return setError(change);
    onDone();
    onChange(change);
  };
  return (
    <form className="menu-section condition" onSubmit={onSubmit}>
      <Field label={KEY_NAMES[condition]} hint={HINTS[condition]} error={error}>
        {(attributes) => (
          <input
            {...attributes}
            value={text}
            maxLength={200}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
      </Field>
      <Button kind="primary" type="submit">
        Apply
      </Button>
    </form>
  );
}

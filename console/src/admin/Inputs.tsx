import type { ReactNode } from 'react';
import { Field } from '../ui/Field.tsx';

interface TextInputProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: ReactNode;
  readonly error?: ReactNode;
  /** A `password` is hidden while it is typed. @default 'text' */
  readonly type?: 'text' | 'password' | 'date' | 'number';
  /** @default true */
  readonly required?: boolean;
  /** Whether the label says that it is optional. @default true */
  readonly saysOptional?: boolean;
  /** @default 256 */
  readonly maxLength?: number;
}

/** A line of text with its label. */
export function TextInput(props: TextInputProps) {
  const {
    label,
    value,
    onChange,
    hint,
    error,
    type = 'text',
    required = true,
    saysOptional = true,
    maxLength = 256,
  } = props;
  return (
    <Field label={required || !saysOptional ? label : `${label} (optional)`} hint={hint} error={error}>
      {(attributes) => (
        <input
          {...attributes}
          type={type}
          value={value}
          required={required}
          maxLength={maxLength}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly choices: readonly (readonly [value: Value, name: string])[];
  readonly hint?: ReactNode;
}

/** One of a few values. */
export function Choice<Value extends string>({ label, value, onChange, choices, hint }: ChoiceProps<Value>) {
  return (
    <Field label={label} hint={hint}>
      {(attributes) => (
        <select
          {...attributes}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value as Value)}
        >
          {choices.map(([one, name]) => (
            <option key={one} value={one}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

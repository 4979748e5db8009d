import { Checkbox } from '../ui/Field.tsx';
import type { ErrorOf } from './ActionDialog.tsx';
import { ADDRESSES, type Policy, VISIBILITIES } from './field-policy.ts';
import { Choice, TextInput } from './Inputs.tsx';
import type { KeyForm } from './key-form.ts';

interface KeyFieldsProps {
  readonly form: KeyForm;
  readonly onChange: (change: Partial<KeyForm>) => void;
  readonly credentials: readonly { readonly id: string; readonly nickname: string }[];
  /** Whether credentials are chosen: an ADMIN key may use all. */
  readonly isReader: boolean;
  readonly errorOf: ErrorOf;
}

/** What a key is for, what it may use, until when, and what its holder sees. */
export function KeyFields({ form, onChange, credentials, isReader, errorOf }: KeyFieldsProps) {
  const { credentialIds, policy } = form;
  const toggle = (id: string, isChosen: boolean) =>
    onChange({
      credentialIds: isChosen ? [...credentialIds, id] : credentialIds.filter((one) => one !== id),
    });
  const setPolicy = (change: Partial<Policy>) => onChange({ policy: { ...policy, ...change } });
  return (
    <>
      {isReader && (
        <fieldset className="choices">
          <legend>Credentials</legend>
          <p className="field-hint">
            {credentials.length > 0 ? 'Without any, the key can read nothing.' : 'There are none yet.'}
          </p>
          {credentials.map(({ id, nickname }) => (
            <Checkbox
              key={id}
              label={nickname}
              checked={credentialIds.includes(id)}
              onChange={(isChosen) => toggle(id, isChosen)}
            />
          ))}
        </fieldset>
      )}
      <TextInput
        label="Expires after"
        type="date"
        hint="The last day on which the key is valid, in UTC."
        required={false}
        value={form.lastDay}
        onChange={(lastDay) => onChange({ lastDay })}
        error={errorOf('dateExpires')}
      />
      <Choice
        label="Bodies of messages"
        hint="What is hidden cannot be filtered by, either."
        value={policy.bodies}
        choices={VISIBILITIES}
        onChange={(bodies) => setPolicy({ bodies })}
      />
      <Choice
        label="Phone numbers and other addresses"
        value={policy.addresses}
        choices={ADDRESSES}
        onChange={(addresses) => setPolicy({ addresses })}
      />
      <Choice
        label="Media"
        value={policy.media}
        choices={VISIBILITIES}
        onChange={(media) => setPolicy({ media })}
      />
    </>
  );
}

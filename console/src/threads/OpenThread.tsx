import { type FormEvent, useEffect, useRef, useState } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import { navigate } from 'wouter/use-browser-location';
import type { OpenThreadQuery } from '#relay/OpenThreadQuery';
import { toGatewayError } from '../relay/gateway-error.ts';
import { useShortcuts } from '../shell/shortcuts.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { firstOf } from '../url/fragment.ts';
import { linkTo, threadPath, useFragmentState } from '../url/use-url.ts';
import { readAddress } from './address-input.ts';

const QUERY = graphql`
  query OpenThreadQuery($with: Address!) {
    thread(with: $with, in: { all: true }) {
      id
    }
  }
`;

/** Opens the thread of a person by the number. The path has the thread's id, which shows no number. */
export function OpenThread() {
  const environment = useRelayEnvironment();
  const [fragment] = useFragmentState();
  const linked = firstOf(fragment, 'with');
  const [typed, setTyped] = useState(linked ?? '');
  const [problem, setProblem] = useState<string | null>(null);
  const [isOpening, setOpening] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  const open = async (text: string, options: { readonly replace?: boolean } = {}) => {
    const read = readAddress(text);
    if ('problem' in read) {
      setProblem(read.problem);
      input.current?.focus();
      return;
    }
    setProblem(null);
    setOpening(true);
    try {
      const data = await fetchQuery<OpenThreadQuery>(environment, QUERY, { with: read.address }).toPromise();
      if (data) navigate(linkTo(threadPath(data.thread.id)), options);
    } catch (error) {
      setProblem(toGatewayError(error).message);
      input.current?.focus();
    } finally {
      setOpening(false);
    }
  };

  // A link to a person: `/threads#with=+14155550125`.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each link
  useEffect(() => {
    if (linked) void open(linked, { replace: true });
  }, [linked]);
  useShortcuts('Threads', [{ keys: '/', name: 'Enter a number', run: () => input.current?.focus() }]);

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void open(typed);
  };
  return (
    <form className="open-thread" onSubmit={onSubmit} noValidate>
      <Field
        label="Phone number or channel address"
        hint="A number finds its SMS, MMS, WhatsApp and RCS messages in both directions."
        error={problem}
      >
        {(attributes) => (
          <div className="open-thread-row">
            <input
              {...attributes}
              ref={input}
              type="tel"
              inputMode="tel"
              autoComplete="off"
              spellCheck={false}
              placeholder="+1 415 555 0125"
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <Button type="submit" kind="primary" disabled={isOpening}>
              Open thread
            </Button>
          </div>
        )}
      </Field>
    </form>
  );
}

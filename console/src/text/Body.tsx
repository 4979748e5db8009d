import { useMemo } from 'react';
import { Icon } from '../ui/Icon.tsx';
import { makeVisible } from './visible.ts';

/** Why a body is what it is; the API's `BodyState`. */
type BodyState = 'SHOWN' | 'EMPTY' | 'REDACTED' | 'HIDDEN' | 'NOT_KEPT' | (string & {});

interface BodyProps {
  readonly body: string | null | undefined;
  readonly state: BodyState;
  /** On one line, cut at its end. @default false */
  readonly oneLine?: boolean;
}

const WITHOUT_TEXT: Readonly<Record<string, readonly [label: string, title: string]>> = {
  EMPTY: ['No text', 'The message has no text, e.g. only a picture.'],
  REDACTED: ['Redacted', 'The text was erased at Twilio.'],
  HIDDEN: ['Hidden', 'Your field policy hides the texts of messages.'],
  NOT_KEPT: ['Not kept', "The gateway's copy of the history does not keep texts."],
};

/** The text of a message, from a sender nobody vouches for: isolated, with nothing hidden in it, and never a link. */
export function Body({ body, state, oneLine = false }: BodyProps) {
  const [label, title] = WITHOUT_TEXT[state] ?? [];
  if (label && !body) {
    return (
      <span className="body-absent" title={title}>
        <Icon name={state === 'HIDDEN' ? 'hidden' : 'empty'} /> {label}
      </span>
    );
  }
  return <Text text={body ?? ''} oneLine={oneLine} />;
}

/** What a cut line can show at most: a body has 1,600 characters, and a table many bodies. */
const ONE_LINE = 240;

/** Any text that someone else wrote, such as the name of an account. */
export function Text({ text, oneLine = true }: { readonly text: string; readonly oneLine?: boolean }) {
  const parts = useMemo(() => makeVisible(oneLine ? text.slice(0, ONE_LINE) : text), [text, oneLine]);
  return (
    <bdi className={oneLine ? 'text one-line' : 'text'}>
      {parts.map(({ text: part, hidden }, index) =>
        hidden ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other name
          <span key={index} className="hidden-character" title={hidden}>
            {hidden.slice(0, hidden.indexOf(' '))}
          </span>
        ) : (
          part
        ),
      )}
    </bdi>
  );
}

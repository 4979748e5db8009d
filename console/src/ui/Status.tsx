import type { ReactNode } from 'react';
import { wordOf } from '../filters/words.ts';
import { Icon, type IconName } from './Icon.tsx';

export type Tone = 'success' | 'danger' | 'warning' | 'neutral' | 'accent';

/** A word with an icon, on a tint: never the tint alone. */
export function Badge(props: {
  readonly tone: Tone;
  readonly icon?: IconName;
  readonly children: ReactNode;
}) {
  const { tone, icon, children } = props;
  return (
    <span className={`badge ${tone}`}>
      {icon && <Icon name={icon} />}
      {children}
    </span>
  );
}

const OUTCOMES: Readonly<Record<string, readonly [Tone, IconName]>> = {
  SUCCEEDED: ['success', 'check'],
  FAILED: ['danger', 'alert'],
  PENDING: ['neutral', 'clock'],
  UNCONFIRMED: ['neutral', 'question'],
  CANCELED: ['neutral', 'stop'],
};

/** The outcome of a delivery. */
export function OutcomeBadge({ outcome }: { readonly outcome: string }) {
  const [tone, icon] = OUTCOMES[outcome] ?? ['neutral', 'question'];
  return (
    <Badge tone={tone} icon={icon}>
      {wordOf(outcome)}
    </Badge>
  );
}

/** The status of a message, in the colour of its outcome. */
export function StatusBadge({ status, outcome }: { readonly status: string; readonly outcome: string }) {
  const [tone, icon] = OUTCOMES[outcome] ?? ['neutral', 'question'];
  return (
    <Badge tone={tone} icon={icon}>
      {wordOf(status)}
    </Badge>
  );
}

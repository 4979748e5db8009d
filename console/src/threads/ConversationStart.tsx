import type { ReactNode } from 'react';
import type { GatewayError } from '../relay/gateway-error.ts';
import { Button } from '../ui/Button.tsx';
import { ErrorState } from '../ui/states.tsx';

interface ConversationStartProps {
  readonly error: GatewayError | null;
  readonly isLoading: boolean;
  readonly hasOlder: boolean;
  /** Whether there were older messages, which are not stored any more. */
  readonly isTruncated: boolean;
  readonly onLoad: () => void;
  /** What is shown where the page holds no more messages; false where it does. */
  readonly full: ReactNode;
}

/** Above the oldest message: that older ones are read, why they are not, or that there are none. */
export function ConversationStart(props: ConversationStartProps) {
  const { error, isLoading, hasOlder, isTruncated, onLoad, full } = props;
  if (error) return <ErrorState error={error} onRetry={onLoad} />;
  if (isLoading) return <span role="status">Reading older messages…</span>;
  if (full) return full;
  if (hasOlder) return <Button onClick={onLoad}>Read older messages</Button>;
  return isTruncated ? 'Older messages are no longer stored.' : 'This is the beginning of the thread.';
}

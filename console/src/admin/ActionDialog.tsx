import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { type GatewayError, toGatewayError } from '../relay/gateway-error.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/states.tsx';

/** Returns the message about a field, by the argument that the gateway names. */
export type ErrorOf = (field: string) => string | undefined;

interface ActionDialogProps {
  readonly title: string;
  /** The label of the button. */
  readonly submit: string;
  readonly isDanger?: boolean;
  /** Whether the button works. @default true */
  readonly isReady?: boolean;
  readonly wide?: boolean;
  /** The fields that show an error of theirs; others are shown above the button. */
  readonly fields?: readonly string[];
  readonly onClose: () => void;
  /** Does it. A rejection stays in the dialog, with what was typed. */
  readonly onSubmit: () => Promise<unknown>;
  readonly children?: ReactNode | ((errorOf: ErrorOf) => ReactNode);
}

/** A dialog with a form that changes something, and says what was wrong with it. */
export function ActionDialog(props: ActionDialogProps) {
  const {
    title,
    submit,
    isDanger = false,
    isReady = true,
    wide = false,
    fields = [],
    onClose,
    onSubmit,
  } = props;
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  // After the dialog has given the focus to its first button.
  useEffect(() => form.current?.querySelector<HTMLElement>('input, textarea, select')?.focus(), []);
  const [error, setError] = useState<GatewayError | null>(null);
  const [isRunning, setRunning] = useState(false);
  const argument =
    String(error?.extensions.argument ?? '')
      .split('.')
      .at(-1) ?? '';
  const isAtField = fields.includes(argument);
  const errorOf: ErrorOf = (field) => (error && field === argument ? error.message : undefined);

  async function run(event: FormEvent) {
    event.preventDefault();
    if (isRunning || !isReady) return;
    setRunning(true);
    setError(null);
    try {
      await onSubmit();
    } catch (thrown) {
      setError(toGatewayError(thrown));
    }
    setRunning(false);
  }

  return (
    <Dialog
      title={title}
      onClose={onClose}
      wide={wide}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={id}
            kind={isDanger ? 'danger' : 'primary'}
            disabled={!isReady}
            aria-disabled={isRunning || undefined}
          >
            {submit}
          </Button>
        </>
      }
    >
      <form id={id} ref={form} className="stack" onSubmit={run}>
        {typeof props.children === 'function' ? props.children(errorOf) : props.children}
        {error && !isAtField && <Notice tone="danger">{error.message}</Notice>}
      </form>
    </Dialog>
  );
}

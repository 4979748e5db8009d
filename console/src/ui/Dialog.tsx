import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { Button } from './Button.tsx';

interface DialogProps {
  readonly title: string;
  /** Called when it is closed, by Esc, its button, or a click outside. Absent where it cannot be. */
  readonly onClose?: () => void;
  readonly children: ReactNode;
  /** Buttons at its end. */
  readonly footer?: ReactNode;
  readonly wide?: boolean;
}

/** A modal dialog, open while it is rendered. The browser keeps the focus in it, and gives it back. */
export function Dialog({ title, onClose, children, footer, wide = false }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Before the next key: what is typed at once belongs to the dialog.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) {
      dialog.showModal();
      // The browser chose the first control, which closes it.
      dialog.querySelector<HTMLElement>('input:not([type="checkbox"], [type="radio"]), textarea')?.focus();
    }
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className={`dialog${wide ? ' wide' : ''}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClick={(event) => event.target === event.currentTarget && onClose?.()}
    >
      <div className="dialog-content">
        <header className="row spread">
          <h2 id={id}>{title}</h2>
          {onClose && (
            <Button kind="quiet" icon="cross" iconOnly onClick={onClose}>
              Close
            </Button>
          )}
        </header>
        {children}
        {footer && <footer className="row dialog-footer">{footer}</footer>}
      </div>
    </dialog>
  );
}

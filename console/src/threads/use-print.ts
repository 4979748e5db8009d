import { useEffect } from 'react';

interface PrintOptions {
  /** Whether someone wants to print. */
  readonly isAsked: boolean;
  /** Whether older messages can be read now. */
  readonly canLoad: boolean;
  readonly isLoading: boolean;
  readonly hasFailed: boolean;
  readonly loadOlder: () => void;
  readonly onDone: () => void;
}

/** Prints a conversation after its older messages were read, as many as the page takes. */
export function usePrint({ isAsked, canLoad, isLoading, hasFailed, loadOlder, onDone }: PrintOptions): void {
  useEffect(() => {
    if (!isAsked || isLoading) return;
    if (canLoad) return loadOlder();
    onDone();
    // The screen shows the error: a page without its reason would look complete.
    if (!hasFailed) print();
  }, [isAsked, canLoad, isLoading, hasFailed, loadOlder, onDone]);
}

import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';

/** How far from the end the reader may be to follow new messages, in pixels. */
const NEAR_END = 80;

interface PlaceOptions {
  readonly scroller: RefObject<HTMLElement | null>;
  /** The id of the first message. */
  readonly oldest: string | undefined;
  /** The id of the last message. */
  readonly newest: string | undefined;
}

/**
 * Keeps the reader's place while older messages are put above it and newer ones below. Follows new messages where the last
 * one was in view, and counts them otherwise.
 */
export function usePlace({ scroller, oldest, newest }: PlaceOptions) {
  const [unseen, setUnseen] = useState(0);
  /** The height of what is below the upper edge: it stays the same when older messages are put above. */
  const below = useRef(0);
  const isAtEnd = useRef(true);
  const toEnd = useCallback(() => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
    setUnseen(0);
  }, [scroller]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: after older or newer messages were put in
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    element.scrollTop = isAtEnd.current ? element.scrollHeight : element.scrollHeight - below.current;
    below.current = element.scrollHeight - element.scrollTop;
  }, [oldest]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message is followed where the last one was in view
  useLayoutEffect(() => {
    if (isAtEnd.current) toEnd();
    const element = scroller.current;
    if (element) below.current = element.scrollHeight - element.scrollTop;
  }, [newest]);
  return {
    unseen,
    toEnd,
    onNew: (added: number) => {
      if (!isAtEnd.current) setUnseen((present) => present + added);
    },
    onScroll: () => {
      const element = scroller.current;
      if (!element) return;
      below.current = element.scrollHeight - element.scrollTop;
      isAtEnd.current = below.current - element.clientHeight < NEAR_END;
      if (isAtEnd.current && unseen > 0) setUnseen(0);
    },
  };
}

import { useEffect, useRef } from 'react';
import type { IconName } from '../ui/Icon.tsx';

/** Something the palette offers. */
export interface Command {
  readonly name: string;
  readonly icon?: IconName;
  /** The shortcut that does the same, to be learned by the way. */
  readonly keys?: string;
  readonly run: () => void;
}

const sources = new Map<symbol, () => readonly Command[]>();

export const allCommands = (): readonly Command[] =>
  [...sources.values()].reverse().flatMap((source) => source());

/** Offers commands in the palette while the component is there. */
export function useCommands(commands: readonly Command[]): void {
  const present = useRef(commands);
  present.current = commands;
  useEffect(() => {
    const name = Symbol('commands');
    sources.set(name, () => present.current);
    return () => void sources.delete(name);
  }, []);
}

import { announce } from './announce.tsx';
import { Button } from './Button.tsx';
import type { IconName } from './Icon.tsx';

/** Puts a text on the clipboard, and says so. */
export async function copyText(text: string, name: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    announce(`${name} copied`);
  } catch {
    announce(`The browser did not allow the page to copy. Select the ${name} and copy it by hand.`);
  }
}

interface CopyProps {
  /** The text, or a function that makes it when it is needed. */
  readonly text: string | (() => string);
  /** What is copied, e.g. `SID`. */
  readonly name: string;
  readonly icon?: IconName;
  /** Shows the icon without the name. @default true */
  readonly iconOnly?: boolean;
}

export function Copy({ text, name, icon = 'copy', iconOnly = true }: CopyProps) {
  const copy = () => copyText(typeof text === 'string' ? text : text(), name);
  return (
    <Button kind={iconOnly ? 'quiet' : 'plain'} icon={icon} iconOnly={iconOnly} onClick={copy}>
      {`Copy ${name}`}
    </Button>
  );
}

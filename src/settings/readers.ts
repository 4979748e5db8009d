/** What a part of the settings is read with; each pushes a problem for a value it cannot use. */
export interface Readers {
  /** The text without blanks around it; undefined where it is empty or not set. */
  read(name: string): string | undefined;
  integer(name: string, fallback: number, min: number, max: number): number;
  readonly problems: string[];
}

/** `on` or `off`. */
export function onOff({ read, problems }: Readers, name: string, fallback: boolean): boolean {
  const text = read(name);
  if (text === undefined) return fallback;
  if (text !== 'on' && text !== 'off') problems.push(`${name} must be on or off.`);
  return text === 'on';
}

/** The message that a fragment shows beside the list: `panel=AC…/SM…`. */
export interface Panel {
  readonly accountSid: string;
  readonly sid: string;
}

/** @returns null for no message, and for what is none */
export function readPanel(text: string | null): Panel | null {
  const [, accountSid, sid] = /^(AC[0-9a-f]{32})\/((?:SM|MM)[0-9a-f]{32})$/.exec(text ?? '') ?? [];
  return accountSid && sid ? { accountSid, sid } : null;
}

export const printPanel = ({ accountSid, sid }: Panel): string => `${accountSid}/${sid}`;

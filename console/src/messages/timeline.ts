/** The known events of a message, oldest first. */
export interface Step {
  readonly name: string;
  readonly at: string;
  /** Since the step before, in words; null for the first. */
  readonly after: string | null;
}

/** A status that the gateway saw the message have. */
export interface SeenStatus {
  readonly name: string;
  readonly at: string;
  readonly errorCode?: number | null | undefined;
}

interface Dates {
  readonly direction?: string | null | undefined;
  readonly statusName: string;
  readonly dateCreated?: string | null | undefined;
  readonly dateSent?: string | null | undefined;
  readonly dateUpdated?: string | null | undefined;
  /** Oldest first. Absent without a copy of the history. */
  readonly seen?: readonly SeenStatus[] | null | undefined;
}

/**
 * Puts the dates of a message in their order. Twilio keeps three of them, not one for each status; the gateway's copy has the
 * statuses that it saw.
 */
export function timelineOf({
  direction,
  statusName,
  dateCreated,
  dateSent,
  dateUpdated,
  seen,
}: Dates): readonly Step[] {
  const isInbound = direction === 'INBOUND';
  const dated = [
    { name: isInbound ? 'Arrived at Twilio' : 'Created at Twilio', at: dateCreated },
    { name: isInbound ? 'Received' : 'Sent', at: dateSent },
    ...(seen?.length
      ? seen.map(({ name, at, errorCode }) => ({
          name: errorCode == null ? name : `${name} (error ${errorCode})`,
          at,
        }))
      : [{ name: `Status last changed: ${statusName}`, at: dateUpdated }]),
  ];
  const known = dated.flatMap(({ name, at }) => (at ? [{ name, at }] : []));
  known.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  return known.map((step, index) => {
    const before = known[index - 1];
    return { ...step, after: before ? durationOf(Date.parse(step.at) - Date.parse(before.at)) : null };
  });
}

/** `0 s`, `12 s`, `3 min 5 s`, `2 h 10 min`, `4 d 2 h`. */
export function durationOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const units = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = units.findIndex(([amount]) => amount > 0);
  if (first < 0) return '0 s';
  return units
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

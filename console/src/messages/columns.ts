import type { TableColumn } from '../table/column.ts';

/** All columns of the list, in their order. */
export const COLUMNS: readonly TableColumn[] = [
  { key: 'time', name: 'Time', width: 'minmax(8.5rem, 10.5rem)' },
  { key: 'direction', name: 'Way', width: '4.25rem' },
  { key: 'person', name: 'Person', width: 'minmax(8rem, 11rem)' },
  { key: 'from', name: 'From', width: 'minmax(8rem, 11rem)' },
  { key: 'to', name: 'To', width: 'minmax(8rem, 11rem)' },
  { key: 'channel', name: 'Channel', width: 'minmax(5.5rem, 6.5rem)' },
  { key: 'body', name: 'Text', width: 'minmax(12rem, 1fr)' },
  { key: 'status', name: 'Status', width: 'minmax(7.5rem, 9rem)' },
  { key: 'error', name: 'Error', width: '4.5rem' },
  { key: 'country', name: 'Country', width: 'minmax(6rem, 8rem)' },
  { key: 'segments', name: 'Segments', width: '5.5rem', isNumber: true },
  { key: 'media', name: 'Media', width: '4.5rem', isNumber: true },
  { key: 'price', name: 'Price', width: '7.5rem', isNumber: true },
  { key: 'account', name: 'Account', width: 'minmax(7rem, 9rem)' },
  { key: 'service', name: 'Messaging Service', width: '9rem' },
  { key: 'sid', name: 'SID', width: '20rem' },
];

const DEFAULT_KEYS = ['time', 'direction', 'from', 'to', 'channel', 'body', 'status', 'error'];

/** The columns of a narrow window, where a row has two lines. */
export const NARROW_COLUMNS = COLUMNS.filter(({ key }) =>
  ['time', 'direction', 'person', 'body', 'status'].includes(key),
);

/** The columns beside an open message, unless others were chosen. */
export const PANEL_COLUMNS = COLUMNS.filter(({ key }) =>
  ['time', 'direction', 'person', 'body', 'status', 'error'].includes(key),
);

/** Reads the columns of a fragment: `cols=time,to,status`. The defaults for none, and for nothing but unknown ones. */
export function readColumns(text: string | null): readonly TableColumn[] {
  const named = text?.split(',') ?? [];
  const found = COLUMNS.filter(({ key }) => named.includes(key));
  return found.length > 0 ? found : COLUMNS.filter(({ key }) => DEFAULT_KEYS.includes(key));
}

/** @returns null for the defaults, which no URL needs to name */
export function printColumns(keys: readonly string[]): string | null {
  const sorted = COLUMNS.filter(({ key }) => keys.includes(key)).map(({ key }) => key);
  const text = sorted.join(',');
  return text === '' || text === DEFAULT_KEYS.join(',') ? null : text;
}

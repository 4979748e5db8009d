import { asObject, createForm, requireText, textOrNull } from '../parse.ts';
import { defineResource, type Listable, type Permission } from '../resource.ts';
import { sidExpression } from '../sid.ts';

/** Twilio's total of one category and period. https://www.twilio.com/docs/usage/api/usage-record */
export interface WireUsageRecord {
  account_sid: string;
  /** Twilio's name, e.g. `sms-outbound`. */
  category: string;
  /** Days in GMT, both included, as YYYY-MM-DD. */
  start_date: string | null;
  end_date: string | null;
  count: string | null;
  count_unit: string | null;
  usage: string | null;
  usage_unit: string | null;
  price: string | null;
  price_unit: string | null;
}

const PERMISSION: Permission = {
  name: 'USAGE_LIST',
  // Not in Twilio's documentation. Where Twilio refuses a read, the error has Twilio's own name.
  twilioName: '/twilio/usage/records/list',
  description: "To list usage records, which are Twilio's own totals.",
};

/** Twilio's lists of usage records, by the length of their periods; `total` has one record a category for all of the range. */
export const usageRecords = {
  total: listOf('usage_list', ''),
  DAY: listOf('usage_daily_list', '/Daily'),
  MONTH: listOf('usage_monthly_list', '/Monthly'),
  ALL_TIME: listOf('usage_all_time_list', '/AllTime'),
} as const satisfies Record<string, Listable<WireUsageRecord>>;

const ACCOUNT_SID = createForm(sidExpression('AC'));
const DAY = createForm(/^[1-9]\d{3}-\d\d-\d\d$/);
const DECIMAL = createForm(/^-?\d{1,20}(?:\.\d{1,20})?$/);
const CURRENCY = createForm(/^[A-Za-z]{3}$/);

function listOf(label: string, path: string): Listable<WireUsageRecord> {
  return defineResource({
    // Records have no SID, so they are not nodes.
    types: [],
    sidPrefix: 'AC',
    parse: parseUsageRecord,
    list: {
      label,
      template: `/2010-04-01/Accounts/{AccountSid}/Usage/Records${path}.json`,
      key: 'usage_records',
      fixedPageSize: true,
      permission: PERMISSION,
    },
  });
}

function parseUsageRecord(value: unknown): WireUsageRecord {
  const record = asObject(value, 'a usage record');
  const { account_sid, category } = record;
  requireText(account_sid, 'usage record', 'account_sid', ACCOUNT_SID);
  requireText(category, 'usage record', 'category');
  return {
    account_sid,
    category,
    start_date: textOrNull(record.start_date, DAY),
    end_date: textOrNull(record.end_date, DAY),
    count: decimalOrNull(record.count),
    count_unit: textOrNull(record.count_unit),
    usage: decimalOrNull(record.usage),
    usage_unit: textOrNull(record.usage_unit),
    price: decimalOrNull(record.price),
    price_unit: textOrNull(record.price_unit, CURRENCY),
  };
}

/** Twilio documents a price as a number, and sends it as a string. */
function decimalOrNull(value: unknown): string | null {
  return textOrNull(typeof value === 'number' ? String(value) : value, DECIMAL);
}

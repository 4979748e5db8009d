import { gatewayError } from '../errors/gateway-error.ts';
import { MAX_PAGES } from '../pagination/list-source.ts';
import { rejectCycles } from '../pagination/pages.ts';
import type { PageName, TwilioPage } from '../twilio/page.ts';
import { usageRecords, type WireUsageRecord } from '../twilio/resources/usage-records.ts';
import { type Attempt, explainRejection } from './explain-rejection.ts';
import type { Reader } from './read-summary.ts';

export interface UsageCriteria {
  /** Days in GMT, both included. */
  readonly since?: Date | null | undefined;
  readonly until?: Date | null | undefined;
  readonly category?: readonly string[] | null | undefined;
  readonly by?: 'DAY' | 'MONTH' | 'ALL_TIME' | null | undefined;
}

/** Reads usage records, all of them or none. */
export type UsageReader = (
  accountSid: string,
  criteria: UsageCriteria,
) => Promise<readonly WireUsageRecord[]>;

/** Twilio fails on some larger pages of usage records. */
const PAGE_SIZE = 200;

/** A read asks Twilio once for each category. */
const MAX_CATEGORIES = 10;

const CATEGORY = /^[a-z0-9-]{1,64}$/;

export function createUsageReader(reader: Reader, attempt: Attempt): UsageReader {
  async function readList(accountSid: string, filters: [string, string][], by: keyof typeof usageRecords) {
    const resource = usageRecords[by];
    const rejectCycle = rejectCycles<WireUsageRecord>((one) => `${one.category} ${one.start_date}`);
    const found: WireUsageRecord[] = [];
    let name: PageName | null = null;
    let pageSize = PAGE_SIZE;
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const page: TwilioPage<WireUsageRecord> = await reader.list(
        resource,
        { AccountSid: accountSid },
        { name, pageSize, filters },
      );
      rejectCycle(page);
      found.push(...page.items);
      ({ next: name, pageSize } = page);
      if (!name) return found;
    }
    throw gatewayError('USAGE_TOO_LONG', MAX_PAGES);
  }

  return async (accountSid, criteria) => {
    check(criteria);
    const { since, until, category, by } = criteria;
    const categories = category ? [...new Set(category)] : [null];
    try {
      const lists = await Promise.all(
        categories.map((one) => {
          const filters: [string, string][] = [];
          if (one !== null) filters.push(['Category', one]);
          if (since) filters.push(['StartDate', dayOf(since)]);
          if (until) filters.push(['EndDate', dayOf(until)]);
          // Twilio adds those of subaccounts unless told otherwise.
          filters.push(['IncludeSubaccounts', 'false']);
          return readList(accountSid, filters, by ?? 'total');
        }),
      );
      return lists.flat();
    } catch (error) {
      throw explainRejection(error, {
        ...attempt(accountSid),
        permission: usageRecords.total.list.permission,
      });
    }
  };
}

/** @throws {USAGE_ARGUMENTS_INVALID} */
function check({ since, until, category, by }: UsageCriteria): void {
  if (since && until && since > until)
    throw gatewayError('USAGE_ARGUMENTS_INVALID', '"since" is after "until"', 'since');
  if (by === 'ALL_TIME' && (since || until)) {
    const argument = since ? 'since' : 'until';
    throw gatewayError('USAGE_ARGUMENTS_INVALID', `ALL_TIME has no "${argument}"`, argument);
  }
  if (!category) return;
  const fail = (why: string) => gatewayError('USAGE_ARGUMENTS_INVALID', why, 'category');
  if (category.length === 0) throw fail('"category" is empty');
  if (category.length > MAX_CATEGORIES)
    throw fail(`${category.length} categories are more than ${MAX_CATEGORIES}`);
  if (!category.every((one) => CATEGORY.test(one)))
    throw fail('a category has other characters than a-z, 0-9 and "-"');
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

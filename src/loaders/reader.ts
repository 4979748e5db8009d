import type { Found, TwilioClient } from '../twilio/client.ts';
import type { PageRequest, TwilioPage } from '../twilio/page.ts';
import type { Endpoint, Listable, Readable, SidParams } from '../twilio/resource.ts';
import type { ReadScope } from '../twilio/types.ts';
import type { ReadSummary } from './read-summary.ts';

/** Reads under one credential for one request, and adds each read to the request's summary. */
export interface Reader {
  read<T>(resource: Readable<T>, params: SidParams): Promise<T>;
  list<T>(resource: Listable<T>, params: SidParams, page: PageRequest): Promise<TwilioPage<T>>;
}

export function createReader(
  client: TwilioClient,
  ownAccountSid: string,
  scope: ReadScope,
  reads: ReadSummary,
): Reader {
  async function noted<T>({ label }: Endpoint, params: SidParams, reading: Promise<Found<T>>): Promise<T> {
    try {
      const found = await reading;
      reads.add(found, label, params.AccountSid ?? params.Sid ?? ownAccountSid);
      return found.value;
    } catch (error) {
      reads.addFailure();
      throw error;
    }
  }

  return {
    read: (resource, params) => noted(resource.read, params, client.read(resource, params, scope)),
    list: (resource, params, page) =>
      noted(resource.list, params, client.list(resource, params, page, scope)),
  };
}

import type { CodeTable } from './code-table.ts';

/** General REST API codes. They seldom appear as the error_code of a message, so a title is enough. */
export const API_CODES: CodeTable = {
  20001: { title: 'Unknown parameters' },
  20003: { title: 'Permission Denied' },
  20004: { title: 'Method not allowed' },
  20005: { title: 'Account not active' },
  20006: { title: 'Access Denied' },
  20007: { title: 'Page size too large' },
  20008: { title: 'Test Credentials' },
  20009: { title: 'Cannot delete this resource before it is complete' },
  20403: { title: '403 Forbidden' },
  20404: { title: 'Not Found' },
  20423: { title: 'Invalid SID' },
  20429: { title: 'Too Many Requests' },
  20500: { title: 'Internal Server Error' },
  20503: { title: 'Service unavailable' },
  21101: { title: 'Subaccounts cannot contain subaccounts' },
  21481: { title: 'Invalid PageToken' },
  70001: { title: 'Validation Failed' },
  70002: { title: 'Bad request' },
  70005: { title: 'Failure Threshold Exceeded' },
  70051: { title: 'Authorization Failed' },
  90010: { title: 'Account is not active' },
};

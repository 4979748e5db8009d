/** Registers every resource: the command line does not import the schema, which imports them. */
import './messages.ts';
import './media.ts';
import './accounts.ts';
import './usage-records.ts';

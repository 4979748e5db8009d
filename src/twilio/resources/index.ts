/** Makes every resource known, whichever part of the program runs: the command line has no schema that imports them. */
import './messages.ts';
import './media.ts';
import './accounts.ts';

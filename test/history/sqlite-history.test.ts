import { historySuite } from './history-suite.ts';
import { sqliteHistory } from './stores.ts';

historySuite(sqliteHistory());

import { historySuite } from './history-suite.ts';
import { postgresHistory } from './stores.ts';

historySuite(postgresHistory());

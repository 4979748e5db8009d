import { storeSuite } from './store-suite.ts';
import { sqliteHistory } from './stores.ts';

storeSuite(sqliteHistory());

import { sqliteHistory } from '../stores.ts';
import { syncSuite } from './sync-suite.ts';

syncSuite(sqliteHistory());

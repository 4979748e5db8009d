import { postgresHistory } from '../stores.ts';
import { syncSuite } from './sync-suite.ts';

syncSuite(postgresHistory());

export { rollback } from './rollback';
export { survey } from './survey';

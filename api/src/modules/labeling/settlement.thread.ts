export { settle } from './settlement.ts';

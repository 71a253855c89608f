export * from './consent.ts';
export * from './location.ts';
export * from './padding.ts';
export * from './pii.ts';
export * from './strip.ts';

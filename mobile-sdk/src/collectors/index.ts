export * from './image.ts';
export type { CollectedItem } from './item.ts';
export * from './schemas.ts';
export * from './simulator.ts';
export * from './text.ts';
export { BadReadingError, type Quantity, toWmo } from './units.ts';
export * from './weather.ts';
export * from './weatherQuality.ts';
export type * from './weatherReading.ts';

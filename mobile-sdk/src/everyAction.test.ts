import { expect, it } from '@jest/globals';
import * as actions from './actions/index.ts';
import { everyAction } from './everyAction.ts';

const isGenerator = (value: unknown): boolean =>
  Object.prototype.toString.call(value) === '[object AsyncGeneratorFunction]';

it('a client has every verb, those that yield one result after the other included', () => {
  expect(Object.keys(everyAction).sort()).toEqual(Object.keys(actions).sort());
  for (const [name, action] of Object.entries(actions))
    expect([name, isGenerator(everyAction[name as keyof typeof actions])]).toEqual([name, isGenerator(action)]);
});

import { describe, expect, it } from '@jest/globals';
import { DEFAULT_PORTS, readSettings, REPOSITORY, usage } from './settings.ts';

describe('readSettings', () => {
  it('keeps data in .allod of the repository and listens on the default ports', () => {
    const settings = readSettings([], {});
    expect(settings.ports).toEqual(DEFAULT_PORTS);
    expect(settings.dataDir).toBe(`${REPOSITORY}/.allod`);
    expect([settings.fresh, settings.exit, settings.again]).toEqual([false, false, false]);
  });

  it('takes a port from a variable and lets a flag win over it', () => {
    const env = { ALLOD_API_PORT: '4100', ALLOD_KEEPER1_PORT: '7570' };
    expect(readSettings([], env).ports.api).toBe(4100);
    expect(readSettings([], env).ports.keeper1).toBe(7570);
    expect(readSettings(['--api-port', '4200', '--fresh', '--exit'], env).ports.api).toBe(4200);
  });

  it.each([
    [['--api-port', 'http'], '--api-port'],
    [['--api-port', '70000'], '--api-port'],
    [['--nonsense'], '--nonsense'],
  ])('refuses %j and names what is wrong', (args, named) => {
    expect(() => readSettings(args, {})).toThrow(named);
  });

  it('names every port in its help', () => {
    for (const port of Object.values(DEFAULT_PORTS)) expect(usage()).toContain(String(port));
  });
});

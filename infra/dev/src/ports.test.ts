import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { assertPortsFree, freePorts, PortBusyError } from './ports.ts';

describe('assertPortsFree', () => {
  it('accepts ports that nobody listens on', async () => {
    await expect(assertPortsFree(await freePorts())).resolves.toBeUndefined();
  });

  it('names a busy port, its part, and the flag that moves it', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    try {
      const refused = await assertPortsFree({ ...(await freePorts()), keeper2: port }).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(PortBusyError);
      expect((refused as PortBusyError).ports).toEqual([port]);
      expect((refused as Error).message).toContain(`port ${port} (keeper2) is in use`);
      expect((refused as Error).message).toContain('--keeper2-port');
    } finally {
      await new Promise((resolve) => holder.close(resolve));
    }
  });

  it('refuses one port for two parts', async () => {
    const ports = await freePorts();
    await expect(assertPortsFree({ ...ports, api: ports.ui })).rejects.toThrow('asked for twice, by api and ui');
  });
});

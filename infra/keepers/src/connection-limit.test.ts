import { beforeEach, describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { limitConnections } from './connection-limit.ts';

class Connection extends EventEmitter {
  readonly remoteAddress: string;
  destroyed = false;

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

describe('the connections of one address', () => {
  let server: EventEmitter;
  beforeEach(() => void (server = new EventEmitter()));

  const open = (address: string): Connection => {
    const connection = new Connection(address);
    server.emit('connection', connection);
    return connection;
  };
  const opens = (...addresses: string[]): boolean[] => addresses.map((address) => !open(address).destroyed);

  it('are limited, without others noticing', () => {
    limitConnections(server, 2);
    expect(opens('203.0.113.7', '203.0.113.7', '203.0.113.7', '203.0.113.8')).toEqual([true, true, false, true]);
  });

  it('are counted by what one client holds of IPv6', () => {
    limitConnections(server, 1);
    expect(opens('2001:db8::1', '2001:db8::2', '2001:db8:0:1::1')).toEqual([true, false, true]);
  });

  it('may be opened again when others have ended, also those that were turned away', () => {
    limitConnections(server, 2);
    const [first] = [open('203.0.113.7'), open('203.0.113.7')];
    expect(opens('203.0.113.7', '203.0.113.7')).toEqual([false, false]);
    first.destroy();
    expect(opens('203.0.113.7', '203.0.113.7')).toEqual([true, false]);
  });

  it('are not limited for a reverse proxy, which stands for many', () => {
    limitConnections(server, 1, ['10.0.0.1']);
    expect(opens('10.0.0.1', '::ffff:10.0.0.1', '10.0.0.1', '10.0.0.2', '10.0.0.2')).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });
});

import type { DeviceState, Network } from '../ports.ts';
import type { BatteryModule, NetworkModule } from './modules.ts';

const NETWORKS: Record<string, Network> = {
  WIFI: 'wifi',
  ETHERNET: 'ethernet',
  CELLULAR: 'cellular',
  WIMAX: 'cellular',
  NONE: 'none',
};

/** Network and battery by `expo-network` and `expo-battery`, for upload policies. A VPN hides what it runs on: unknown. */
export function expoDevice(network: NetworkModule, battery: BatteryModule): DeviceState {
  return {
    async network() {
      const { type, isConnected } = await network.getNetworkStateAsync();
      return isConnected === false ? 'none' : (NETWORKS[type ?? ''] ?? 'unknown');
    },
    async charging() {
      const state = await battery.getBatteryStateAsync();
      return state === 0 ? undefined : state !== 1;
    },
    subscribe(listener) {
      const subscriptions = [
        network.addNetworkStateListener(() => listener()),
        battery.addBatteryStateListener(() => listener()),
      ];
      return () => subscriptions.forEach((subscription) => subscription.remove());
    },
  };
}

import { normalizeWeather, weatherItem } from '@allod/sdk/collectors';
import type { Client, QueueEvent, UploadEvent } from '@allod/sdk';
import { useEffect, useRef, useState } from 'react';
import { Button, SafeAreaView, Text } from 'react-native';
import { agree, openClient } from './client';
import { deployment } from './deployment';

/** One screen: agree, measure, and see what waits and what arrived. */
export default function App() {
  const client = useRef<Client | undefined>(undefined);
  const [line, setLine] = useState('starting');

  useEffect(() => {
    let stop: (() => void) | undefined;
    void openClient(deployment).then((opened) => {
      client.current = opened;
      opened.on('state', ({ state, bytesStored, bytes }: UploadEvent) =>
        setLine(`${state} ${bytesStored} of ${bytes} bytes`),
      );
      opened.on('queue', ({ type }: QueueEvent) => setLine(`queue: ${type}`));
      stop = opened.startUploads();
      setLine('ready');
    });
    return () => {
      stop?.();
      void client.current?.close();
    };
  }, []);

  const measure = async (): Promise<void> => {
    const reading = normalizeWeather({
      station: { id: 'phone', latitude: 47.6062, longitude: -122.3321 },
      time: Date.now(),
      period: 0,
      values: { temperature: { value: 70.7, unit: '[degF]' } },
    });
    const { bytes, metadata } = weatherItem(reading);
    await client.current?.collect({
      datasetId: deployment.datasetId,
      value: bytes,
      mediaType: 'application/json',
      metadata,
    });
  };

  return (
    <SafeAreaView>
      <Text accessibilityRole="header">Weather for a dataset</Text>
      <Text accessibilityLiveRegion="polite">{line}</Text>
      <Button title="Agree" onPress={() => void (client.current && agree(client.current, deployment))} />
      <Button title="Measure" onPress={() => void measure()} />
    </SafeAreaView>
  );
}

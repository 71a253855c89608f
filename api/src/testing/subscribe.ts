export interface SubscriptionMessage<T> {
  type: string;
  id?: string;
  payload?: { data?: T; errors?: { extensions?: { code: string } }[] };
}

/** A graphql-transport-ws client that collects what it is told. */
export async function subscribe<T>(url: string, token: string | undefined, query: string, variables: object) {
  const socket = new WebSocket(url, 'graphql-transport-ws');
  const messages: SubscriptionMessage<T>[] = [];
  const waiting: (() => void)[] = [];
  socket.addEventListener('message', (event) => {
    messages.push(JSON.parse(String(event.data)) as SubscriptionMessage<T>);
    for (const wake of waiting.splice(0)) wake();
  });
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  const send = (message: object) => socket.send(JSON.stringify(message));
  const until = async (found: (message: SubscriptionMessage<T>) => boolean): Promise<SubscriptionMessage<T>> => {
    for (;;) {
      const message = messages.find(found);
      if (message) return message;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  send({ type: 'connection_init', payload: token ? { authorization: `Bearer ${token}` } : {} });
  await until((message) => message.type === 'connection_ack');
  send({ type: 'subscribe', id: '1', payload: { query, variables } });
  return { until, close: () => socket.close() };
}

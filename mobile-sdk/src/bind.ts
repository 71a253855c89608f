/** An action without its first argument. */
type Bound<Action> = Action extends (client: infer _Client, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

/** Actions bound to a client. */
export type BoundActions<Actions> = { readonly [Name in keyof Actions]: Bound<Actions[Name]> };

/** Gives each action its client, so that `contribute(client, p)` may be called as `client.contribute(p)`. */
export function bind<Client, Actions extends Record<string, (client: Client, ...rest: never[]) => unknown>>(
  client: Client,
  actions: Actions,
): BoundActions<Actions> {
  const entries = Object.entries(actions).map(([name, action]) => [
    name,
    (...rest: never[]) => action(client, ...rest),
  ]);
  return Object.fromEntries(entries) as BoundActions<Actions>;
}

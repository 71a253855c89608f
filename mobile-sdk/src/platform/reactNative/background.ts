import type { Client } from '../../client.ts';
import type { BackgroundTaskModule, TaskManagerModule } from './modules.ts';

export const UPLOAD_TASK = 'allod-upload';
/** Minutes; the shortest that the platforms take. They run a task when they see fit: often at night, on iOS sometimes not at all. */
export const SHORTEST_INTERVAL = 15;

/**
 * Defines the task that sends the queue in the background. Call it at the top level of the app's entry file: the platform starts the
 * app without a screen and looks for the task there.
 *
 * @param open makes a client, as the app does; it is closed again before the task ends
 */
export function defineUploadTask(
  modules: { taskManager: TaskManagerModule; backgroundTask: BackgroundTaskModule },
  open: () => Promise<Client>,
  name = UPLOAD_TASK,
): void {
  const { Success, Failed } = modules.backgroundTask.BackgroundTaskResult;
  modules.taskManager.defineTask(name, async () => {
    let client: Client | undefined;
    // What the platform cuts off goes on at the next run, with the same ciphertext.
    const expiry = modules.backgroundTask.addExpirationListener(() => void client?.close());
    try {
      client = await open();
      const { waiting } = await client.resume();
      return waiting.length === 0 ? Success : Failed;
    } catch {
      return Failed;
    } finally {
      expiry.remove();
      await client?.close();
    }
  });
}

/** Asks the platform to run the upload task, at most every `minutes` (15 or more). */
export async function scheduleUploads(
  backgroundTask: BackgroundTaskModule,
  minutes = SHORTEST_INTERVAL,
  name = UPLOAD_TASK,
): Promise<void> {
  await backgroundTask.registerTaskAsync(name, { minimumInterval: Math.max(SHORTEST_INTERVAL, minutes) });
}

import { setTimeout as pause } from 'node:timers/promises'
import type { Chats } from '../chats.ts'

const LOOK_EVERY_MS = 50

/** Waits until all messages are stored and delivered, for a scenario that does not test the messages of before. */
export async function untilSettled({ stage, sessionId, sent, issued }: Chats): Promise<void> {
  const isStored = async () => {
    const times = await stage.stored.timesStored(sessionId, issued)
    return issued.every((id) => times.get(id) !== 0)
  }
  const isDelivered = async ({ jobId }: { jobId: string }) =>
    ['delivered', 'read'].includes((await stage.stored.jobStatus(jobId)) ?? '')
  while (!(await isStored()) || !(await Promise.all(sent.map(isDelivered))).every(Boolean)) await pause(LOOK_EVERY_MS)
}

import { setTimeout as pause } from 'node:timers/promises'
import { RUNNERS, type RunnerDocument, runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import { journalPath } from '@holdfast/core/journal/journal-record'
import type { GoogleClients } from '@holdfast/core/adapters/google/clients'
import { sessionIdOf } from '@holdfast/core/session/ids'
import type { Chat } from './subject.ts'

/** Google's clients on the sandbox's stores. */
export type Clients = GoogleClients

/** Waits for a heartbeat that began after this call, and returns the runner's document. */
export async function freshHeartbeat({ documents }: Clients): Promise<RunnerDocument> {
  const askedAt = Date.now()
  for (;;) {
    const found = (await documents.query({ collection: RUNNERS })).map(({ fields }) => runnerDocumentSchema.parse(fields))
    const [newest] = found.toSorted((one, other) => other.heartbeatAt.getTime() - one.heartbeatAt.getTime())
    if (newest && newest.heartbeatAt.getTime() > askedAt) return newest
    await pause(50)
  }
}

/** Returns the time of the first claim by a current owner of these sessions, by Firestore's clock, which is this machine's. */
export async function claimedAtMs({ documents }: Clients, chats: readonly Chat[]): Promise<number> {
  const times = await Promise.all(
    chats.map(async ({ name }) => {
      const claims = await documents.query({
        collection: journalPath(sessionIdOf('default', name)),
        where: [['kind', '==', 'claim']],
      })
      return Math.max(...claims.map(({ createdAtMicros }) => createdAtMicros / 1000))
    }),
  )
  return Math.min(...times)
}

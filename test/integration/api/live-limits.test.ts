import { randomBytes } from 'node:crypto'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { tenantPath } from '@holdfast/core/operations/tenant-document'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { createLogger } from '@holdfast/core/platform/logging'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { expect, test } from 'vitest'
import { type LiveSocket, LiveSockets, MOST_SOCKETS } from '../../../functions/src/app/live-sockets.ts'
import { RecordedTasks } from '../../support/recorded-tasks.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { MemoryDocuments } from '../queue/memory-documents.ts'

/** Documents whose tenant is read when the test lets it be read. */
class HeldDocuments extends MemoryDocuments {
  readonly #gate = Promise.withResolvers<void>()
  readonly asked = Promise.withResolvers<void>()

  override async read(path: string): Promise<DocumentSnapshot | null> {
    if (path === tenantPath('default')) {
      this.asked.resolve()
      await this.#gate.promise
    }
    return super.read(path)
  }

  open(): void {
    this.#gate.resolve()
  }
}

function sockets() {
  const documents = new HeldDocuments()
  const objects = new MemoryObjects()
  const given = {
    documents,
    objects,
    archives: null,
    media: objects,
    journalsOn: (on: MemoryDocuments) => new DocumentJournals(on),
  }
  const operator = { key: 'operator', tenant: 'default', role: 'operator', sessions: 'all', requestsPerMinute: null } as const
  const live = new LiveSockets({
    ...given,
    wrappingKey: new WrappingKey(randomBytes(32)),
    clock: systemClock,
    logger: createLogger('test', 'silent'),
    tasks: new RecordedTasks(),
    tenantDefaults: DEFAULT_TENANT_SETTINGS,
    authenticatorOn: () => () => Promise.resolve(operator),
  } as unknown as ConstructorParameters<typeof LiveSockets>[0])
  const made: { end: () => void }[] = []
  const open = (): LiveSocket => {
    let end = () => {}
    const on = (event: string, callback: () => void) => event === 'close' && (end = callback)
    const socket = { on, close: () => {}, terminate: () => {}, ping: () => {}, send: () => {}, bufferedAmount: 0 }
    made.push({ end: () => end() })
    return socket as unknown as LiveSocket
  }
  const end = () => made.forEach((socket) => socket.end())
  return { documents, live, made, end, admit: () => live.admit('/ws', {}, open) }
}

test('callers that come at once get no more connections than a server can have', async () => {
  const { documents, made, end, admit } = sockets()
  const answers = Promise.all(Array.from({ length: MOST_SOCKETS + 2 }, admit))
  await documents.asked.promise
  documents.open()
  const refused = (await answers).filter((answer) => answer !== null)
  expect([made.length, refused.map(({ status }) => status)]).toEqual([MOST_SOCKETS, [429, 429]])
  end()
})

test('a server that ends while somebody is let in opens no connection any more', async () => {
  const { documents, live, made, admit } = sockets()
  const answer = admit()
  await documents.asked.promise
  live.close()
  documents.open()
  expect([(await answer)?.status, made.length]).toEqual([503, 0])
})

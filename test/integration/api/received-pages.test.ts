import { randomBytes } from 'node:crypto'
import { messagesPath } from '@holdfast/core/message/message-document'
import { sealReceivedContent } from '@holdfast/core/message/sealed-content'
import { createLogger } from '@holdfast/core/platform/logging'
import type { DocumentSnapshot, Query } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { newSessionKeys, WrappingKey } from '@holdfast/core/security/envelope'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { sessionPath } from '@holdfast/core/session/session-document'
import { expect, test } from 'vitest'
import type { Principal } from '../../../functions/src/app/principal.ts'
import { listReceived } from '../../../functions/src/use-cases/received-messages.ts'
import { MemoryDocuments } from '../queue/memory-documents.ts'

const ID = 'default.main'
const OPERATOR: Principal = { key: 'operator', tenant: 'default', role: 'operator', sessions: 'all', requestsPerMinute: null }

class Counting extends MemoryDocuments {
  pages = 0

  override async query(query: Query): Promise<DocumentSnapshot[]> {
    if (query.collection === messagesPath(ID)) this.pages++
    return super.query(query)
  }
}

test('a list of messages that have all disappeared reads ten pages, and says where to go on', async () => {
  const documents = new Counting()
  const wrappingKey = new WrappingKey(randomBytes(32))
  const session = { v: 1, tenant: 'default', name: 'main', wanted: 'online', createdAt: new Date(), runnerId: null }
  await documents.commit([
    { kind: 'create', path: sessionPath(ID), fields: session },
    { kind: 'create', path: `session_keys/${ID}`, fields: { ...(await newSessionKeys(ID, wrappingKey)) } },
  ])
  const cipher = await loadSessionCipher(documents, ID, wrappingKey)
  if (!cipher) throw new Error('The session has no key.')
  for (let n = 10; n < 40; n++) {
    const id = `m${n}`
    const content = sealReceivedContent(cipher, id, { text: 'gone', proto: '', facts: { disappearsAfter: 1 } })
    const of = { v: 1, messageId: id, chat: '5511999990000@s.whatsapp.net', participant: null, fromMe: false, pushName: null }
    const fields = { ...of, type: 'text', content, sentAt: new Date(0), order: id }
    await documents.commit([{ kind: 'create', path: `${messagesPath(ID)}/${id}`, fields }])
  }
  const dependencies = { documents, wrappingKey, logger: createLogger('test', 'silent'), clock: systemClock }
  const answer = await listReceived(dependencies, OPERATOR, { name: 'main', since: undefined, limit: 1 })
  expect([answer, documents.pages]).toEqual([{ messages: [], cursor: 'm19' }, 10])
})

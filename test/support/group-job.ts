import { SERVER_TIME } from '@holdfast/core/platform/ports'
import { jobPath } from '@holdfast/core/message/job-document'
import { sealJobContent } from '@holdfast/core/message/sealed-content'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { jobIdOf, whatsappMessageIdOf } from '@holdfast/core/session/ids'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AcceptedMessage } from '@holdfast/client/types'
import type { Chat, EngineWorld } from './engine-world.ts'

/** Queues a text for a group directly in Firestore, because the API accepts one-to-one chats only. */
export async function queueForGroup(world: EngineWorld, chat: Chat, group: string, text: string): Promise<AcceptedMessage> {
  const identity = await readFile(join(world.sandbox.folder, 'identity.json'), 'utf8')
  const { sessionEncryptionKey } = JSON.parse(identity) as { sessionEncryptionKey: string }
  const { documents } = world.google
  const wrappingKey = new WrappingKey(Buffer.from(sessionEncryptionKey, 'base64'))
  const cipher = await loadSessionCipher(documents, chat.sessionId, wrappingKey)
  if (!cipher) throw new Error(`${chat.sessionId} has no key.`)
  const id = jobIdOf('default', `${group} ${text}`)
  const messageId = whatsappMessageIdOf(id)
  const fields = {
    v: 1,
    tenant: 'default',
    sessionId: chat.sessionId,
    chat: group,
    type: 'text',
    content: sealJobContent(cipher, id, { type: 'text', text }),
    requestHash: '',
    messageId,
    status: 'pending',
    createdAt: SERVER_TIME,
    queuedAt: SERVER_TIME,
    timeline: [{ status: 'pending', at: new Date() }],
  }
  await documents.commit([{ kind: 'create', path: jobPath(id), fields }])
  return { id, messageId, status: 'pending' }
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assessState } from '@holdfast/core/journal/assess'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import { parseStored } from '@holdfast/core/platform/parse'
import { type SessionCipher, WrappingKey } from '@holdfast/core/security/envelope'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { sessionDocumentSchema } from '@holdfast/core/session/session-document'
import type { Chat, EngineWorld } from './engine-world.ts'

/** Reads the state of a session from the stores, as its next owner does. */
export async function storedState(
  { google, sandbox }: Pick<EngineWorld, 'google' | 'sandbox'>,
  chat: Pick<Chat, 'sessionId' | 'document'>,
): Promise<StateImage> {
  const { sessionId } = chat
  const cipher = await storedCipher({ google, sandbox }, chat)
  const assessment = await assessState({
    journals: new DocumentJournals(google.documents),
    objects: google.objects,
    sessionId,
    session: parseStored(sessionDocumentSchema, await chat.document(), sessionId),
    openCipher: async () => cipher,
  })
  if (assessment.status !== 'valid') throw new Error(`The state of ${sessionId} is ${assessment.status}.`)
  return assessment.loaded.image
}

/** Returns the cipher of a session, as its next owner gets it. */
export async function storedCipher(
  { google, sandbox }: Pick<EngineWorld, 'google' | 'sandbox'>,
  { sessionId }: Pick<Chat, 'sessionId'>,
): Promise<SessionCipher> {
  const identity = JSON.parse(await readFile(join(sandbox.folder, 'identity.json'), 'utf8')) as { sessionEncryptionKey: string }
  const wrappingKey = new WrappingKey(Buffer.from(identity.sessionEncryptionKey, 'base64'))
  const cipher = await loadSessionCipher(google.documents, sessionId, wrappingKey)
  if (!cipher) throw new Error(`${sessionId} has no key.`)
  return cipher
}

/** Returns the entries of a state that the table of kinds does not describe, as `kind/id`. */
export function undescribed(image: StateImage): string[] {
  const kinds = Object.entries(image.toMutation().keys ?? {})
  return kinds.flatMap(([kind, values]) =>
    Object.entries(values).flatMap(([id, encoded]) => (isDescribed(kind, id, String(encoded)) ? [] : [`${kind}/${id}`])),
  )
}

function isDescribed(kind: string, id: string, encoded: string): boolean {
  const codec = Object.entries(STATE_KINDS).find(([name]) => name === kind)?.[1].codec
  if (!codec) return false
  if (codec.format === 'baileys') return JSON.parse(encoded) !== undefined
  const own = codec.format === 'by-id' ? Object.entries(codec.ids).find(([name]) => name === id)?.[1] : codec
  return own?.schema.safeParse(own.decode(encoded)).success === true
}

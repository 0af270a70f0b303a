import { sealMessage, sealReceivedContent } from '@holdfast/core/message/sealed-content'
import type { DocumentSnapshot, DocumentStore, Query } from '@holdfast/core/platform/ports'
import { SessionCipher } from '@holdfast/core/security/envelope'
import { expect, test } from 'vitest'
import { ReferredMessages } from './referred-messages.ts'

const GROUP = '120363000000000001@g.us'
const [ANA, BOB] = ['5511900000001@s.whatsapp.net', '5511900000002@s.whatsapp.net']
const cipher = new SessionCipher('default.shop', new Map([[1, Buffer.alloc(32, 1)]]), 1)

const plain = { v: 1, fromMe: false, pushName: null, type: 'text', sentAt: new Date(0) }
const contentOf = (text: string) => ({ text, proto: Buffer.from(text).toString('base64') })
const by = (participant: string) => ({ messageId: 'M1', chat: GROUP, participant })

const snapshotOf = (id: string, fields: object): DocumentSnapshot =>
  ({ id, path: `messages/${id}`, fields: { ...plain, ...fields } }) as unknown as DocumentSnapshot

const sealed = (id: string, text: string, participant: string) =>
  snapshotOf(id, sealMessage(cipher, id, { ...contentOf(text), ...by(participant) }))

const earlier = (id: string, text: string, participant: string) =>
  snapshotOf(id, { ...by(participant), content: sealReceivedContent(cipher, id, contentOf(text)) })

/** Finds what each message says that has the fields which a query asks for. */
async function find(participant: string, ...stored: DocumentSnapshot[]): Promise<string | undefined> {
  const query = async ({ where = [] }: Query) =>
    stored.filter(({ fields }) => where.every(([field, , value]) => (value as unknown[]).includes(fields[field])))
  const documents = { query } as unknown as DocumentStore
  const messages = new ReferredMessages({ sessionId: 'default.shop', cipher, documents, archives: null })
  return (await messages.find({ ...by(participant), fromMe: false }))?.toString()
}

test('a message is found by its id and its names, whichever version has stored it', async () => {
  for (const other of [sealed, earlier]) {
    expect(await find(ANA, sealed('d1', 'of Ana', ANA), other('d2', 'of Bob', BOB))).toBe('of Ana')
    expect(await find(BOB, sealed('d1', 'of Ana', ANA), other('d2', 'of Bob', BOB))).toBe('of Bob')
  }
})

test('a damaged message is not found, and hides no other of the same id', async () => {
  const damaged = snapshotOf('d1', { ...sealed('d1', 'of Ana', ANA).fields, content: Buffer.from('damaged') })
  expect(await find(BOB, damaged, sealed('d2', 'of Bob', BOB))).toBe('of Bob')
  expect(await find(ANA, damaged)).toBeUndefined()
})

import { sizeOfReceivedContent } from '@holdfast/core/message/sealed-content'
import { expect, test } from 'vitest'
import { storedMessageOf } from './stored-message.ts'

const received = (vCard: string, bytes: number) => ({
  messageId: 'M1',
  chat: '5511900000002@s.whatsapp.net',
  participant: null,
  fromMe: false,
  pushName: 'Bob',
  type: 'contact',
  text: null,
  proto: Buffer.alloc(bytes),
  sentAtMs: 0,
  facts: { vCards: [vCard] },
})

test('a message fits into a document with what it says beside its text: first without its bytes, then without that', () => {
  const nothing = () => false
  const small = storedMessageOf(received('BEGIN:VCARD', 1000), nothing)
  expect(small).toMatchObject({ facts: { vCards: ['BEGIN:VCARD'] } })
  expect(small).not.toHaveProperty('tooLarge')

  const half = storedMessageOf(received('é'.repeat(300_000), 300_000), nothing)
  expect(half).toMatchObject({ proto: '', tooLarge: { bytes: 300_000, textIsCut: false } })
  expect(half.facts?.vCards).toHaveLength(1)

  const large = storedMessageOf(received('é'.repeat(600_000), 600_000), nothing)
  expect(large).not.toHaveProperty('facts')
  for (const one of [small, half, large]) expect(sizeOfReceivedContent(one)).toBeLessThan(1024 * 1024)
})

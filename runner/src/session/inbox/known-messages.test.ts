import { expect, test } from 'vitest'
import { KnownMessages } from './known-messages.ts'
import { documentIdsOf } from './message-documents.ts'

const PHONE = '5511900000002@s.whatsapp.net'
const LID = '200000000000002@lid'

const message = (messageId: string) => ({ messageId, chat: PHONE, participant: null })

/** The same message, with both names of its sender. */
const aliased = (messageId: string) => ({ ...message(messageId), alias: { chat: LID, participant: null } })

test('a message is known by either name of its sender', () => {
  const known = new KnownMessages()
  known.add(documentIdsOf({ ...message('M1'), chat: LID })[0])
  expect([known.has(message('M1')), known.has(aliased('M1'))]).toEqual([false, true])
})

test('one row makes the document of a message, and other rows wait for it', () => {
  const known = new KnownMessages()
  expect([known.reserve(message('M1'), 'a'), known.reserve(message('M1'), 'a'), known.reserve(message('M1'), 'b')]).toEqual([
    true,
    true,
    false,
  ])
  known.wait(message('M1'), 'c')
  expect(known.isReserved(message('M1'))).toBe(true)
  expect(known.documented(message('M1'), null)).toEqual(['c'])
  expect([known.isReserved(message('M1')), known.has(message('M1')), known.reserve(message('M1'), 'b')]).toEqual([
    false,
    true,
    false,
  ])
})

test('rows that waited for a released row are returned, and their messages are free again', () => {
  const known = new KnownMessages()
  known.reserve(message('M1'), 'a')
  known.reserve(message('M2'), 'other')
  known.wait(message('M1'), 'c')
  expect(known.release('a')).toEqual(['c'])
  expect([known.isReserved(message('M1')), known.isReserved(message('M2'))]).toEqual([false, true])
})

test('a message of the history that no row remembers is forgotten with its notice', () => {
  const known = new KnownMessages()
  for (const id of ['old', 'recent']) known.reserve(message(id), 'a')
  known.documented(message('old'), 'a')
  known.documented(message('recent'), null)
  expect([known.has(message('old')), known.has(message('recent'))]).toEqual([true, true])
  known.release('other')
  expect(known.has(message('old'))).toBe(true)
  known.release('a')
  expect([known.has(message('old')), known.has(message('recent'))]).toEqual([false, true])
})

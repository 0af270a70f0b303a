import { describe, expect, test } from 'vitest'
import { StateImage } from '@holdfast/core/journal/state-image'
import { encodeValue } from '../signal/codec.ts'
import { LidMap } from '../signal/lid-map.ts'
import { isNewChat } from './new-chat.ts'

const WEEK_MS = 7 * 24 * 60 * 60 * 1000
const NOW = 3000 * WEEK_MS + 1000
const PHONE = '5511900000002@s.whatsapp.net'
const LID = '200000000000002@lid'

const token = (ageWeeks: number, bytes = 'the token'): string =>
  encodeValue('tctoken', { token: Buffer.from(bytes), timestamp: String((NOW - ageWeeks * WEEK_MS) / 1000) })

function stateWith(tctoken: Record<string, string>, mapping = true): StateImage {
  const image = new StateImage()
  image.apply({ keys: { tctoken } })
  if (mapping) {
    image.apply({
      keys: { 'lid-mapping': { '5511900000002': '"200000000000002"', '200000000000002_reverse': '"5511900000002"' } },
    })
  }
  return image
}

const isNew = (image: StateImage, chat = PHONE): boolean => isNewChat(image, new LidMap(image), chat, NOW)

describe('a message to a contact', () => {
  test('begins a chat while the account has no token of the contact', () => {
    expect(isNew(stateWith({}))).toBe(true)
  })

  test('begins none once the contact has given its token, under either name', () => {
    expect([isNew(stateWith({ [LID]: token(0) })), isNew(stateWith({ [LID]: token(0) }), LID)]).toEqual([false, false])
    expect(isNew(stateWith({ [PHONE]: token(0) }, false))).toBe(false)
  })

  test('begins one again when the token has expired, or was cleared', () => {
    expect([3, 4].map((weeks) => isNew(stateWith({ [LID]: token(weeks) })))).toEqual([false, true])
    expect(isNew(stateWith({ [LID]: token(0, '') }))).toBe(true)
    expect(isNew(stateWith({ [LID]: encodeValue('tctoken', { token: Buffer.from('x'), senderTimestamp: 1 }) }))).toBe(true)
  })
})

test('a message to a group begins no chat', () => {
  expect(isNew(stateWith({}), '120363000000000001@g.us')).toBe(false)
})

import { describe, expect, it } from 'vitest'
import { SessionCipher } from '../security/envelope.ts'
import { changeFieldOf } from './message-change.ts'
import { maskedNumbers, pseudonymsOf } from './message-names.ts'
import { namesIn, openMessage } from './open-message.ts'
import { sealChange, sealMessage, sealReceivedContent } from './sealed-content.ts'

const GROUP = '120363000000000001@g.us'
const ANA = '5511999990001@s.whatsapp.net'
const cipher = new SessionCipher('default.main', new Map([[1, Buffer.alloc(32, 1)]]), 1)

const names = { messageId: 'M1', chat: GROUP, participant: ANA }
const plain = { v: 1, fromMe: false, pushName: 'A…', type: 'text', sentAt: new Date(1000) }
const content = { text: 'text', proto: '', pushName: 'Ana' }
const SEALED = { id: 'd1', fields: { ...plain, ...sealMessage(cipher, 'd1', { ...content, ...names }) } }
const EARLIER = { id: 'd1', fields: { ...plain, ...names, content: sealReceivedContent(cipher, 'd1', content) } }

/** A reaction as this version writes it, or as earlier ones did. */
function reaction(text: string, second: number, isSealed: boolean) {
  const by = isSealed ? cipher.pseudonym(ANA) : ANA
  const field = changeFieldOf('reaction', { by, fromMe: false })
  const sealed = sealChange(cipher, 'd1', field, { text, ...(isSealed ? { by: ANA } : {}) })
  return { [field]: { messageId: 'R', at: new Date(1000 * second), by, content: sealed } }
}

describe('the names of a message', () => {
  it('are sealed with its text, and in the clear in documents of earlier versions', () => {
    expect(JSON.stringify(SEALED.fields)).not.toMatch(/M1|120363000000000001|5511999990001/)
    for (const stored of [SEALED, EARLIER]) {
      expect(openMessage(cipher, stored)).toMatchObject({ ...names, text: 'text', pushName: 'Ana' })
      expect(namesIn(cipher, stored)).toEqual({ ...names, fromMe: false })
    }
  })

  it('are not known of a message that does not open, and are of an earlier one', () => {
    const damaged = Buffer.from('damaged')
    expect(namesIn(cipher, { ...SEALED, fields: { ...SEALED.fields, content: damaged } })).toBeNull()
    expect(namesIn(cipher, { ...EARLIER, fields: { ...EARLIER.fields, content: damaged } })).toMatchObject(names)
    const { content: _, ...changesOnly } = SEALED.fields
    expect(namesIn(cipher, { id: 'd1', fields: changesOnly })).toBeNull()
  })

  it('are masked beside it, for people who look at the document', () => {
    expect(SEALED.fields).toMatchObject({ shown: { chat: '12…01@g.us', participant: '55…01@s.whatsapp.net' } })
    expect(
      ['status@broadcast', '55119999@s.whatsapp.net', '5511999990001-1500000000@g.us', '99000000000001:3@lid'].map(maskedNumbers),
    ).toEqual(['status@broadcast', '…@s.whatsapp.net', '55…01-15…00@g.us', '99…01:3@lid'])
  })
})

describe('the names of a message of an earlier version that was changed since', () => {
  const field = changeFieldOf('reaction', { by: cipher.pseudonym(ANA), fromMe: false })
  const sealed = sealChange(cipher, 'd1', field, { text: '👍', by: ANA, of: names })
  const entry = { messageId: cipher.pseudonym('R'), at: new Date(2000), by: cipher.pseudonym(ANA), content: sealed }
  const change = { ...pseudonymsOf(cipher, names), [field]: entry }

  it('are those that the change has, because its pseudonyms have taken their place', () => {
    const changed = { id: 'd1', fields: { ...EARLIER.fields, ...change } }
    expect(openMessage(cipher, changed)).toMatchObject({ ...names, text: 'text', reactions: [{ by: ANA, text: '👍' }] })
    expect(namesIn(cipher, changed)).toEqual({ ...names, fromMe: false })
    expect(namesIn(cipher, { id: 'd1', fields: change })).toMatchObject(names)
  })

  it('are not made up when nothing has them', () => {
    const damaged = { ...entry, content: Buffer.from('damaged') }
    const nameless = { id: 'd1', fields: { ...EARLIER.fields, ...change, [field]: damaged } }
    expect(namesIn(cipher, nameless)).toBeNull()
    expect(() => openMessage(cipher, nameless)).toThrow('Nothing names the message')
  })
})

describe('the reactions of a message', () => {
  const reactionsOf = (...some: object[]) =>
    openMessage(cipher, { id: 'd1', fields: Object.assign({}, SEALED.fields, ...some) as Record<string, unknown> }).reactions

  it('name who made them, whichever version wrote them', () => {
    for (const isSealed of [true, false]) {
      const one = reaction('👍', 1, isSealed)
      expect(reactionsOf(one)).toEqual([{ by: ANA, text: '👍', atMs: 1000 }])
      expect(JSON.stringify(one).includes('5511999990001')).toBe(!isSealed)
    }
  })

  it('are one of each person, also when an earlier version wrote the first one', () => {
    expect(reactionsOf(reaction('👍', 1, false), reaction('🎉', 2, true))).toEqual([{ by: ANA, text: '🎉', atMs: 2000 }])
    expect(reactionsOf(reaction('👍', 1, false), reaction('', 2, true))).toEqual([])
  })
})

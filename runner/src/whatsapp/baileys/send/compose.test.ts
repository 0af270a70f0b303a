import { decryptPollVote, getContentType, proto } from '@whiskeysockets/baileys'
import { describe, expect, test } from 'vitest'
import type { MessageContent, MessageReference } from '@holdfast/core/message/content'
import { composeMessage } from './compose.ts'
import { stanzaPartsOf } from './stanza-parts.ts'

const ME = { id: '5511900000001:7@s.whatsapp.net', lid: '100000000000001:7@lid' }
const ANA = '5511900000002@s.whatsapp.net'
const ANA_LID = '200000000000002@lid'
const GROUP = '120363000000000001@g.us'
const NOW = 1_790_000_000_000

const theirs: MessageReference = { messageId: 'M0', chat: ANA, participant: null, fromMe: false }
const ours: MessageReference = { ...theirs, fromMe: true }
const inGroup: MessageReference = { messageId: 'M0', chat: GROUP, participant: ANA_LID, fromMe: false }

const encoded = (message: proto.IMessage): Uint8Array => proto.Message.encode(message).finish()

interface Given {
  chat?: string
  quoted?: proto.IMessage
  source?: proto.IMessage
  members?: string[]
  thumbnail?: Uint8Array
  disappearsAfter?: number
}

function compose(content: MessageContent, given: Given = {}): proto.Message {
  const { chat = ANA, quoted, source, members = [], thumbnail, disappearsAfter = 0 } = given
  const preview = { url: 'https://example.com', title: 'Example', description: null, thumbnail: thumbnail ?? null }
  const bytes = composeMessage({
    chat,
    content,
    messageId: 'M1',
    quoted: quoted ? encoded(quoted) : null,
    source: source ? encoded(source) : null,
    preview: 'preview' in content && content.preview ? preview : null,
    disappearsAfter,
    me: ME,
    members,
    nowMs: NOW,
  })
  return proto.Message.decode(bytes)
}

const jsonOf = (part: unknown): unknown => JSON.parse(JSON.stringify(part))

const secretOf = (message: proto.Message): Uint8Array => message.messageContextInfo?.messageSecret ?? Buffer.alloc(0)

describe('a text', () => {
  test.each([ANA, ANA_LID, GROUP])('for %s becomes a message that contains only the text', (chat) => {
    expect(compose({ type: 'text', text: 'Olá 👋' }, { chat }).toJSON()).toEqual({ extendedTextMessage: { text: 'Olá 👋' } })
  })

  test('names those that it mentions, and all members of the group for `all`, each once', () => {
    const content: MessageContent = { type: 'text', text: '@5511900000002 @all', mentions: [ANA, 'all'] }
    const { extendedTextMessage } = compose(content, { chat: GROUP, members: [ANA, ANA_LID] })
    expect(extendedTextMessage?.contextInfo?.mentionedJid).toEqual([ANA, ANA_LID])
  })

  test('quotes the message that it answers, without what that one quotes itself', () => {
    const contextInfo = { stanzaId: 'M-1', participant: ANA, quotedMessage: { conversation: 'older' } }
    const quoted = { extendedTextMessage: { text: 'When?', contextInfo } }
    const { extendedTextMessage } = compose({ type: 'text', text: 'Now', replyTo: theirs }, { quoted })
    expect(jsonOf(extendedTextMessage?.contextInfo)).toEqual({
      stanzaId: 'M0',
      participant: ANA,
      quotedMessage: { extendedTextMessage: { text: 'When?' } },
    })
  })

  test('names the author of what it quotes by the name that the chat knows', () => {
    const quoted = { conversation: 'Hi' }
    const authorIn = (chat: string, replyTo: MessageReference) =>
      compose({ type: 'text', text: 'x', replyTo }, { chat, quoted }).extendedTextMessage?.contextInfo?.participant
    expect(authorIn(ANA, ours)).toBe('5511900000001@s.whatsapp.net')
    expect(authorIn(ANA_LID, { ...ours, chat: ANA_LID })).toBe('100000000000001@lid')
    expect(authorIn(GROUP, inGroup)).toBe(ANA_LID)
  })

  test('goes out as no answer when the message that it answers is gone', () => {
    const message = compose({ type: 'text', text: 'Now', replyTo: theirs })
    expect(message.toJSON()).toEqual({ extendedTextMessage: { text: 'Now' } })
  })

  test('has the preview of its link, with a picture if there is one', () => {
    const content: MessageContent = { type: 'text', text: 'see https://example.com', preview: { kind: 'fetched' } }
    const { extendedTextMessage } = compose(content, { thumbnail: Buffer.from('JPEG') })
    expect(extendedTextMessage).toMatchObject({ matchedText: 'https://example.com', title: 'Example' })
    expect(Buffer.from(extendedTextMessage?.jpegThumbnail ?? []).toString()).toBe('JPEG')
  })
})

describe('a message of another kind', () => {
  test('is a location', () => {
    const content: MessageContent = { type: 'location', latitude: -23.5, longitude: -46.6, title: 'Here' }
    expect(compose(content).locationMessage).toMatchObject({ degreesLatitude: -23.5, degreesLongitude: -46.6, name: 'Here' })
  })

  test('is one contact, or a list of several', () => {
    const card = { name: 'Ana', vcard: 'BEGIN:VCARD' }
    expect(compose({ type: 'contacts', contacts: [card] }).contactMessage).toMatchObject({ displayName: 'Ana' })
    expect(compose({ type: 'contacts', contacts: [card, card] }).contactsArrayMessage?.contacts).toHaveLength(2)
  })

  test('is a list of rows to choose from', () => {
    const rows = [{ id: 'r1', title: 'Rice', description: null }]
    const sections = [{ title: 'Food', rows }]
    const message = compose({ type: 'list', title: 'Menu', description: null, footer: 'f', button: 'Open', sections })
    expect(message.listMessage).toMatchObject({ title: 'Menu', buttonText: 'Open', footerText: 'f', listType: 1 })
    expect(message.listMessage?.sections?.[0]?.rows?.[0]).toMatchObject({ rowId: 'r1', title: 'Rice' })
    expect(stanzaPartsOf(message).additionalNodes).toMatchObject([{ tag: 'biz' }])
  })

  test('is an event, with the secret that answers are sealed with', () => {
    const base = { type: 'event', name: 'Party', description: null, location: 'Here', extraGuestsAllowed: true } as const
    const message = compose({ ...base, startMs: NOW + 1, endMs: null })
    expect(message.eventMessage).toMatchObject({ name: 'Party', location: { name: 'Here' }, extraGuestsAllowed: true })
    expect([Number(message.eventMessage?.startTime), secretOf(message).length]).toEqual([NOW / 1000, 32])
    expect(stanzaPartsOf(message).additionalNodes).toMatchObject([{ tag: 'meta', attrs: { event_type: 'creation' } }])
  })

  test('is a status with its colours', () => {
    const content: MessageContent = { type: 'status-text', text: 'Hi', backgroundColor: '#38b42f', font: 2 }
    expect(compose(content, { chat: 'status@broadcast' }).extendedTextMessage).toMatchObject({
      text: 'Hi',
      backgroundArgb: 0xff38b42f,
      font: 2,
    })
  })

  test('is a forwarded message, counted once more', () => {
    const contextInfo = { forwardingScore: 2, isForwarded: true, stanzaId: 'x', mentionedJid: [ANA] }
    const forward: MessageContent = { type: 'forward', source: theirs }
    const again = compose(forward, { source: { extendedTextMessage: { text: 'News', contextInfo } } })
    expect(again.toJSON()).toEqual({
      extendedTextMessage: { text: 'News', contextInfo: { forwardingScore: 3, isForwarded: true } },
    })
    expect(compose(forward, { source: { conversation: 'Hi' } }).extendedTextMessage).toMatchObject({
      text: 'Hi',
      contextInfo: { forwardingScore: 1 },
    })
  })

  test('cannot be a forwarded one that is gone, or stands for nothing in another chat', () => {
    const forward: MessageContent = { type: 'forward', source: theirs }
    const cannot = expect.objectContaining({ code: 'cannot-compose' })
    expect(() => compose(forward)).toThrow(cannot)
    expect(() => compose(forward, { source: { reactionMessage: { text: '👍' } } })).toThrow(cannot)
  })
})

describe('a change of an earlier message', () => {
  const editOf = (content: MessageContent, chat = ANA): unknown =>
    stanzaPartsOf(compose(content, { chat })).additionalAttributes?.['edit']

  test('names it by its key', () => {
    const key = compose({ type: 'reaction', target: inGroup, text: '👍' }, { chat: GROUP }).reactionMessage?.key
    expect(jsonOf(key)).toEqual({ remoteJid: GROUP, fromMe: false, id: 'M0', participant: ANA_LID })
    const own = compose({ type: 'delete', target: { ...inGroup, fromMe: true } }, { chat: GROUP }).protocolMessage?.key
    expect(jsonOf(own)).toEqual({ remoteJid: GROUP, fromMe: true, id: 'M0' })
  })

  test('tells the server what it does', () => {
    expect(editOf({ type: 'edit', target: ours, text: 'new' })).toBe('1')
    expect(editOf({ type: 'delete', target: ours })).toBe('7')
    expect(editOf({ type: 'delete', target: inGroup }, GROUP)).toBe('8')
    expect(editOf({ type: 'pin', target: theirs, durationSeconds: null })).toBe('2')
    expect(editOf({ type: 'reaction', target: theirs, text: '👍' })).toBeUndefined()
  })

  test('is the whole new text in an edit', () => {
    const { protocolMessage } = compose({ type: 'edit', target: ours, text: 'new' })
    expect(protocolMessage).toMatchObject({ type: 14, editedMessage: { extendedTextMessage: { text: 'new' } } })
  })

  test('pins for a time, and unpins for none', () => {
    const pinned = compose({ type: 'pin', target: theirs, durationSeconds: 86_400 })
    expect([pinned.pinInChatMessage?.type, pinned.messageContextInfo?.messageAddOnDurationInSecs]).toEqual([1, 86_400])
    expect(compose({ type: 'pin', target: theirs, durationSeconds: null }).pinInChatMessage?.type).toBe(2)
  })
})

describe('a vote', () => {
  const poll = compose({ type: 'poll', name: 'When?', options: ['2', '10'], multipleAnswers: false })
  const vote = (options: string[], target = theirs) => compose({ type: 'poll-vote', poll: target, options }, { source: poll })

  test.each([
    ['by number', theirs, ANA, '5511900000001@s.whatsapp.net'],
    ['by LID', inGroup, ANA_LID, '100000000000001@lid'],
  ])('is readable for those who have the poll, %s', (_how, target, pollCreatorJid, voterJid) => {
    const sealed = vote(['10'], target).pollUpdateMessage?.vote
    const names = { pollCreatorJid, pollMsgId: 'M0', pollEncKey: secretOf(poll), voterJid }
    const { selectedOptions } = decryptPollVote(sealed ?? {}, names)
    expect(selectedOptions).toHaveLength(1)
  })

  test.each<[string, proto.IMessage]>([
    [
      'of a later version',
      { pollCreationMessageV5: poll.pollCreationMessageV3 ?? null, messageContextInfo: poll.messageContextInfo ?? null },
    ],
    ['that disappears', { ephemeralMessage: { message: poll } }],
  ])('goes into a poll %s', (_kind, source) => {
    const { pollUpdateMessage } = compose({ type: 'poll-vote', poll: theirs, options: ['2'] }, { source })
    const names = { pollCreatorJid: ANA, pollMsgId: 'M0', pollEncKey: secretOf(poll), voterJid: '5511900000001@s.whatsapp.net' }
    expect(decryptPollVote(pollUpdateMessage?.vote ?? {}, names).selectedOptions).toHaveLength(1)
  })

  test('is refused for an option that the poll lacks, for too many, and without the poll', () => {
    const cannot = expect.objectContaining({ code: 'cannot-compose' })
    expect(() => vote(['11'])).toThrow(cannot)
    expect(() => vote(['2', '10'])).toThrow(cannot)
    expect(() => compose({ type: 'poll-vote', poll: theirs, options: ['2'] })).toThrow(cannot)
  })

  test('goes with a poll that says how many answers it takes', () => {
    expect(getContentType(poll)).toBe('pollCreationMessageV3')
    const several = compose({ type: 'poll', name: 'When?', options: ['2', '10'], multipleAnswers: true })
    expect([getContentType(several), several.pollCreationMessage?.selectableOptionsCount]).toEqual(['pollCreationMessage', 0])
    expect(stanzaPartsOf(several).additionalNodes).toMatchObject([{ attrs: { polltype: 'creation' } }])
    expect(stanzaPartsOf(vote(['2'])).additionalNodes).toMatchObject([{ attrs: { polltype: 'vote' } }])
  })
})

describe('in a chat with a timer', () => {
  const timer = { disappearsAfter: 86_400 }
  const source = { extendedTextMessage: { text: 'old', contextInfo: { expiration: 60 } } }
  const poll: MessageContent = { type: 'poll', name: 'When?', options: ['A', 'B'], multipleAnswers: false }

  test('a message names it, beside what else stands there', () => {
    const { extendedTextMessage } = compose({ type: 'text', text: '@x', mentions: [ANA] }, timer)
    expect(jsonOf(extendedTextMessage?.contextInfo)).toEqual({ mentionedJid: [ANA], expiration: 86_400 })
    expect(compose(poll, timer).pollCreationMessageV3?.contextInfo?.expiration).toBe(86_400)
  })

  test('a forwarded message has the timer of its new chat alone', () => {
    const forward: MessageContent = { type: 'forward', source: theirs }
    const context = (given: Given) => compose(forward, { source, ...given }).extendedTextMessage?.contextInfo
    expect(jsonOf(context(timer))).toEqual({ isForwarded: true, forwardingScore: 1, expiration: 86_400 })
    expect(jsonOf(context({}))).toEqual({ isForwarded: true, forwardingScore: 1 })
    expect(compose(forward, { source: { conversation: 'old' }, ...timer }).extendedTextMessage?.contextInfo?.expiration).toBe(
      86_400,
    )
  })

  test.each<[string, MessageContent, string]>([
    ['an edit', { type: 'edit', target: ours, text: 'new' }, ANA],
    ['a reaction', { type: 'reaction', target: theirs, text: '👍' }, ANA],
    ['a deletion', { type: 'delete', target: ours }, ANA],
    ['a status', { type: 'text', text: 'x' }, 'status@broadcast'],
    ['a post of a channel', { type: 'text', text: 'x' }, '120363000000000009@newsletter'],
  ])('%s does not name it', (_, content, chat) => {
    expect(JSON.stringify(compose(content, { chat, ...timer }))).not.toContain('expiration')
  })
})

import { describe, expect, it } from 'vitest'
import { ackNameOf, ackOfJob, wahaMessageOf, type OpenMessage } from './waha-message.ts'

const MESSAGE: OpenMessage = {
  messageId: '3EB0AA',
  chat: '5511900000002@s.whatsapp.net',
  participant: null,
  fromMe: false,
  pushName: 'Bob',
  type: 'text',
  text: 'Hi',
  sentAtMs: 1_700_000_000_999,
}
const VIEWER = { me: '5511900000001:7@s.whatsapp.net', media: { url: 'https://api/api/files/shop/d1', error: null } }

describe("WAHA's message object", () => {
  it('shows a text of a contact', () => {
    expect(wahaMessageOf(MESSAGE, VIEWER)).toEqual({
      id: 'false_5511900000002@c.us_3EB0AA',
      timestamp: 1_700_000_000,
      from: '5511900000002@c.us',
      fromMe: false,
      source: 'app',
      to: '5511900000001@c.us',
      participant: null,
      body: 'Hi',
      hasMedia: false,
      media: null,
      ack: 2,
      ackName: 'DEVICE',
      replyTo: null,
      location: null,
      vCards: [],
      _data: {
        key: { remoteJid: '5511900000002@s.whatsapp.net', fromMe: false, id: '3EB0AA' },
        id: { fromMe: false, remote: '5511900000002@c.us', id: '3EB0AA', _serialized: 'false_5511900000002@c.us_3EB0AA' },
        pushName: 'Bob',
        notifyName: 'Bob',
        type: 'chat',
        messageTimestamp: 1_700_000_000,
      },
    })
  })

  it('names the chat in both directions of a message from me', () => {
    const mine = wahaMessageOf({ ...MESSAGE, fromMe: true, isFromApi: true, ack: ackOfJob('read') }, VIEWER)
    expect(mine).toMatchObject({ from: '5511900000002@c.us', to: '5511900000002@c.us', source: 'api', ack: 3, ackName: 'READ' })
  })

  it('names the group in `from` and the author in `participant`', () => {
    const inGroup = { ...MESSAGE, chat: '120363@g.us', participant: '5511900000003@s.whatsapp.net' }
    expect(wahaMessageOf(inGroup, VIEWER)).toMatchObject({
      id: 'false_120363@g.us_3EB0AA_5511900000003@c.us',
      from: '120363@g.us',
      participant: '5511900000003@c.us',
    })
  })

  it('tells where the bytes are, or that nobody asked for them', () => {
    const facts = { media: { mimetype: 'audio/ogg', filename: null, bytes: 3, seconds: 1, form: 'voice' as const } }
    const voice = { ...MESSAGE, type: 'audio', text: null, facts }
    const url = 'https://api/api/files/shop/d1'
    expect(wahaMessageOf(voice, VIEWER)).toMatchObject({
      body: '',
      hasMedia: true,
      media: { url, mimetype: 'audio/ogg', filename: null, error: null },
      mediaUrl: url,
      _data: { type: 'ptt' },
    })
    expect(wahaMessageOf(voice, { ...VIEWER, media: null })).toMatchObject({ hasMedia: true, media: null })
  })

  it('shows the quoted message, places, contacts and mentions', () => {
    const facts = {
      replyTo: { messageId: 'Q1', participant: '77@lid', text: null, type: 'image', hasMedia: true },
      location: { latitude: -23.5, longitude: 46, name: 'Here', address: null, url: null, live: true },
      vCards: ['BEGIN:VCARD'],
      mentions: ['5511900000003@s.whatsapp.net'],
    }
    expect(wahaMessageOf({ ...MESSAGE, facts }, VIEWER)).toMatchObject({
      replyTo: { id: 'Q1', participant: '77@lid', body: '', hasMedia: true, media: null },
      location: { latitude: '-23.5', longitude: '46', name: 'Here', address: null, url: null, live: true },
      vCards: ['BEGIN:VCARD'],
      mentionedIds: ['5511900000003@c.us'],
    })
  })

  it('shows the last edit, and nothing of a revoked message', () => {
    const edited = { ...MESSAGE, edited: { atMs: 1_700_000_005_000, text: 'Hello' } }
    expect(wahaMessageOf(edited, VIEWER)).toMatchObject({ body: 'Hello', editedAt: 1_700_000_005 })
    const revoked = wahaMessageOf({ ...edited, revoked: { atMs: 1_700_000_006_000, by: '77@lid' } }, VIEWER)
    expect(revoked).toMatchObject({ body: '', revokedAt: 1_700_000_006, revokedBy: '77@lid', _data: { type: 'revoked' } })
    expect(JSON.stringify(revoked)).not.toContain('Hello')
  })

  it('has the reactions and votes of the message', () => {
    const by = '5511900000003@s.whatsapp.net'
    const poll = { name: 'Lunch?', options: ['Yes', 'No'], multipleAnswers: false }
    const voted = {
      ...MESSAGE,
      facts: { poll },
      votes: [{ by, options: ['Yes'], atMs: 1000 }],
      reactions: [{ by, text: '👍', atMs: 2000 }],
    }
    expect(wahaMessageOf(voted, VIEWER)).toMatchObject({
      reactions: [{ from: '5511900000003@c.us', text: '👍', timestamp: 2 }],
      poll: { name: 'Lunch?', options: ['Yes', 'No'], votes: [{ from: '5511900000003@c.us', options: ['Yes'], timestamp: 1 }] },
    })
  })

  it('has a name for each ack', () => {
    expect(([-1, 0, 1, 2, 3, 4] as const).map(ackNameOf)).toEqual(['ERROR', 'PENDING', 'SERVER', 'DEVICE', 'READ', 'PLAYED'])
  })
})

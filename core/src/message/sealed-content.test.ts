import { describe, expect, it } from 'vitest'
import { newSessionKeys, type SessionCipher, unwrapSessionKeys, WrappingKey } from '../security/envelope.ts'
import type { ContentOf, ContentType, MessageContent } from './content.ts'
import {
  openJobContent,
  openJobProto,
  openReceivedContent,
  sealJobContent,
  sealJobProto,
  sealReceivedContent,
  sizeOfReceivedContent,
} from './sealed-content.ts'

const SESSION = 'default.main'
const wrappingKey = new WrappingKey(Buffer.alloc(32, 7))
const cipher: SessionCipher = await unwrapSessionKeys(SESSION, await newSessionKeys(SESSION, wrappingKey), wrappingKey)

const text: MessageContent = { type: 'text', text: 'Olá, dois às dez?' }
const received = { text: 'Olá', proto: 'AA==' }

const JOB_PLACE = 'message_queue_jobs/job/content'
const MESSAGE_PLACE = `whatsapp_connection_states/${SESSION}/messages/doc/content`

const badDocument = expect.objectContaining({ code: 'bad-document' })
const cannotDecrypt = expect.objectContaining({ code: 'cannot-decrypt' })

const codeOf = (open: () => unknown): unknown => {
  try {
    return open()
  } catch (error) {
    return error
  }
}

const jobOf = (json: string) => ({ type: 'text' as const, content: cipher.sealContent(Buffer.from(json), JOB_PLACE) })
const messageOf = (json: string) => ({ content: cipher.sealContent(Buffer.from(json), MESSAGE_PLACE) })

const target = { messageId: 'M1', chat: '5511900000002@s.whatsapp.net', participant: null, fromMe: false }

const media = {
  source: { kind: 'stored' as const, object: 'media/default/default.main/1', bytes: 3, sha256: 'ab' },
  mimetype: 'image/png',
  filename: 'a.png',
}
const withMedia = { media, caption: 'Look', mentions: ['all'], audience: ['1@lid'], replyTo: target }

/** One content of each type, with every field. */
const CONTENTS: { [Type in ContentType]: ContentOf<Type> } = {
  text: {
    type: 'text',
    text: 'see https://example.com @5511900000002',
    mentions: ['5511900000002@s.whatsapp.net', 'all'],
    preview: { kind: 'given', url: 'https://example.com', title: 'A', description: null, image: { url: null, data: 'AA==' } },
    replyTo: target,
  },
  image: { type: 'image', ...withMedia },
  video: { type: 'video', ...withMedia, isNote: true },
  voice: { type: 'voice', ...withMedia, converts: true },
  document: { type: 'document', ...withMedia },
  sticker: { type: 'sticker', media: { ...media, source: { kind: 'url', url: 'https://example.com/a.webp' } } },
  location: { type: 'location', latitude: -23.5, longitude: -46.6, title: 'Here', address: 'Street 1', replyTo: target },
  contacts: { type: 'contacts', contacts: [{ name: 'Ana', vcard: 'BEGIN:VCARD' }], replyTo: target },
  poll: { type: 'poll', name: 'When?', options: ['2', '10'], multipleAnswers: true, replyTo: target },
  'poll-vote': { type: 'poll-vote', poll: target, options: ['10'] },
  list: {
    type: 'list',
    title: 'Menu',
    description: 'Choose',
    footer: null,
    button: 'Open',
    sections: [{ title: 'Food', rows: [{ id: 'r1', title: 'Rice', description: null }] }],
    replyTo: target,
  },
  event: {
    type: 'event',
    name: 'Party',
    description: null,
    startMs: 1,
    endMs: 2,
    location: 'Here',
    extraGuestsAllowed: true,
    replyTo: target,
  },
  reaction: { type: 'reaction', target, text: '👍' },
  edit: { type: 'edit', target, text: 'new', mentions: ['all'], preview: { kind: 'fetched' } },
  delete: { type: 'delete', target, audience: ['5511900000002@s.whatsapp.net'] },
  forward: { type: 'forward', source: target },
  star: { type: 'star', target, isStarred: true },
  pin: { type: 'pin', target, durationSeconds: 86_400 },
  'status-text': { type: 'status-text', text: 'Hi', backgroundColor: '#38b42f', font: 1, audience: ['1@lid'] },
}

describe('job content', () => {
  it.each(Object.values(CONTENTS))('of the type $type opens to what was sealed', (given) => {
    const content = sealJobContent(cipher, 'job', given)
    expect(openJobContent(cipher, 'job', { type: given.type, content })).toEqual(given)
  })

  it('opens to what was sealed', () => {
    const content = sealJobContent(cipher, 'job', text)
    expect(openJobContent(cipher, 'job', { type: 'text', content })).toEqual(text)
  })

  it('is stored without its type, in the field that earlier versions used', () => {
    const stored = cipher.openContent(sealJobContent(cipher, 'job', text), JOB_PLACE).toString()
    expect(stored).toBe(JSON.stringify({ text: text.text }))
    expect(openJobContent(cipher, 'job', jobOf('{"text":"stored before"}'))).toEqual({ type: 'text', text: 'stored before' })
  })

  it('has the type of its document, whatever type the sealed text names', () => {
    expect(openJobContent(cipher, 'job', jobOf('{"text":"hello","type":"other"}'))).toEqual({ type: 'text', text: 'hello' })
  })

  it.each(['', 'hello', 'null', '[]', '"text"', '{}', '{"text":null}', '{"text":1}'])(
    'with the plain text %j is a bad document',
    (json) => {
      expect(codeOf(() => openJobContent(cipher, 'job', jobOf(json)))).toEqual(badDocument)
    },
  )

  it('does not appear in the error', () => {
    const error = codeOf(() => openJobContent(cipher, 'job', jobOf('a secret that is no JSON'))) as Error
    expect(`${error.stack} ${String(error.cause)}`).not.toContain('secret')
  })

  it("does not open in another job, nor as that job's message", () => {
    const content = sealJobContent(cipher, 'job', text)
    expect(codeOf(() => openJobContent(cipher, 'other', { type: 'text', content }))).toEqual(cannotDecrypt)
    expect(codeOf(() => openJobProto(cipher, 'job', content))).toEqual(cannotDecrypt)
  })
})

describe('the encoded message of a job', () => {
  it('opens byte for byte, in its own field', () => {
    const proto = Buffer.of(0, 1, 255)
    const sealed = sealJobProto(cipher, 'job', proto)
    expect(openJobProto(cipher, 'job', sealed)).toEqual(proto)
    expect(cipher.openContent(sealed, 'message_queue_jobs/job/proto')).toEqual(proto)
    expect(codeOf(() => openJobProto(cipher, 'other', sealed))).toEqual(cannotDecrypt)
  })
})

describe('received content', () => {
  it('opens to what was sealed, with or without a text', () => {
    for (const content of [received, { text: null, proto: 'AA==' }, { text: 'cut', proto: '' }]) {
      expect(openReceivedContent(cipher, 'doc', { content: sealReceivedContent(cipher, 'doc', content) })).toEqual(content)
    }
  })

  it('is stored in the format of earlier versions', () => {
    const stored = cipher.openContent(sealReceivedContent(cipher, 'doc', received), MESSAGE_PLACE).toString()
    expect(stored).toBe('{"text":"Olá","proto":"AA=="}')
    expect(sizeOfReceivedContent(received)).toBe(Buffer.byteLength(stored))
  })

  it.each(['', 'hello', 'null', '[]', '{}', '{"text":"x"}', '{"text":1,"proto":""}'])(
    'with the plain text %j is a bad document',
    (json) => {
      expect(codeOf(() => openReceivedContent(cipher, 'doc', messageOf(json)))).toEqual(badDocument)
    },
  )

  it('does not open in another document', () => {
    const content = sealReceivedContent(cipher, 'doc', received)
    expect(codeOf(() => openReceivedContent(cipher, 'other', { content }))).toEqual(cannotDecrypt)
  })
})

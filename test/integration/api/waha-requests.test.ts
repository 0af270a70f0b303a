import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { JOBS } from '@holdfast/core/message/job-document'
import { messagesPath } from '@holdfast/core/message/message-document'
import { ERASURES } from '@holdfast/core/operations/erasure-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { type ApiUnderTest, startApi } from './api-under-test.ts'

/** Requests in the forms that programs made for WAHA send, and whose file is whose. */

const CHAT = '5511999990000@c.us'

let api: ApiUnderTest
beforeAll(async () => {
  api = await startApi()
  for (const name of ['main', 'other']) await api.post('/api/sessions', { name })
})
afterAll(() => api[Symbol.asyncDispose]())

describe('a body in chunks', () => {
  /** A body that has no end, as far as its reader can know. Tells how much of it was taken. */
  function endless(most: number) {
    let taken = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (++taken > most) return controller.close()
        controller.enqueue(new Uint8Array(256 * 1024).fill(0x20))
      },
    })
    return { body, taken: () => taken }
  }

  it('is read no further than the largest body', async () => {
    const { body, taken } = endless(400)
    const { status } = await api.call('/api/sendText', { method: 'POST', body, duplex: 'half' })
    expect([status, taken() < 20]).toEqual([413, true])
  })

  it('is read like one with a length', async () => {
    const text = new Blob([JSON.stringify({ session: 'main', chatId: CHAT, text: 'in chunks' })])
    const { status } = await api.call('/api/sendText', { method: 'POST', body: text.stream(), duplex: 'half' })
    expect(status).toBe(201)
  })
})

describe('a path', () => {
  it('may have a slash at its end', async () => {
    for (const path of ['/api/sessions/', '/api/sessions/main/']) {
      // An answer that no route describes is an error.
      const answer = await api.get(path).catch(() => null)
      expect([path, answer?.status]).toEqual([path, 200])
    }
  })
})

describe('what is ignored', () => {
  it('is named in a header', async () => {
    const message = { session: 'main', chatId: CHAT, text: 'x', reply_to: null, nobodyKnows: 1 }
    const { status, headers } = await api.post('/api/sendText', message)
    expect([status, headers.get('X-Ignored-Fields')?.split(', ').toSorted()]).toEqual([201, ['nobodyKnows', 'reply_to']])
  })

  const ID = 'false_5511999990000@c.us_3EB0C767D26A1D71C2D1'
  const file = { url: 'https://example.com/a.bin' }
  const poll = { name: 'When?', options: ['1', '2'], more: 1 }
  const section = { title: 'Food', rows: [{ title: 'Rice', rowId: 'rice', more: 1 }], more: 1 }
  it.each([
    ['sendPoll', { poll }, ['poll.more']],
    ['sendContactVcard', { contacts: [{ fullName: 'Ana', phoneNumber: '+55', more: 1 }] }, ['contacts.0.more']],
    [
      'sendList',
      { message: { title: 'Menu', button: 'Open', sections: [section], more: 1 } },
      ['message.more', 'message.sections.0.more', 'message.sections.0.rows.0.more'],
    ],
    [
      'send/link-custom-preview',
      { text: 'x', preview: { url: file.url, more: 1, image: { more: 1 } } },
      ['preview.image.more', 'preview.more'],
    ],
    [
      'main/events',
      { event: { name: 'Party', startTime: 1_900_000_000, more: 1, location: { name: '' } } },
      ['event.location.name', 'event.more'],
    ],
    ['sendVoice', { file, caption: 'x', mentions: ['all'] }, ['caption', 'mentions']],
    ['sendVideo', { file, caption: 'x', convert: true, asNote: false }, ['convert']],
    ['sendImage', { file, asNote: false }, ['asNote']],
    ['sendFile', { file: { ...file, data: '' }, asSticker: true }, ['asSticker', 'file.data']],
    ['main/status/image', { file, contacts: [CHAT], asSticker: false }, ['asSticker']],
  ])('is named within other fields, and where it has no effect: %s', async (path, body, ignored) => {
    const { session, chatId } = { session: 'main', chatId: CHAT }
    const given = path.startsWith('main/status')
      ? body
      : path.startsWith('main/')
        ? { chatId, ...body }
        : { session, chatId, ...body }
    const { status, headers } = await api.post(`/api/${path}`, given)
    expect([status, headers.get('X-Ignored-Fields')?.split(', ').toSorted()]).toEqual([201, ignored])
  })

  it.each([
    ['POST', 'sendText', { chatId: CHAT, text: 'x', pool: '' }, 201, 'session, pool'],
    ['POST', 'sendPoll', { chatId: CHAT, poll: { name: 'When?', options: ['1', '2'] } }, 201, 'session'],
    ['PUT', 'reaction', { messageId: ID, reaction: 'x' }, 200, 'session'],
    ['PUT', 'star', { chatId: CHAT, messageId: ID, star: true }, 200, 'session'],
    ['POST', 'sendSeen', { chatId: CHAT }, 201, 'session'],
    ['POST', 'startTyping', { chatId: CHAT }, 422, null],
    ['POST', 'contacts/block', { contactId: CHAT }, 422, null],
  ])('is a session without a name, which is the default one: %s %s', async (method, path, body, status, ignored) => {
    await api.post('/api/sessions', { name: 'default' })
    const answer = await api.send(method, `/api/${path}`, { ...body, session: '' })
    expect([answer.status, answer.headers.get('X-Ignored-Fields')]).toEqual([status, ignored])
  })
})

describe('content that no document holds', () => {
  it('is refused when it is accepted, and what fits is not', async () => {
    const card = (size: number) => ({ vcard: `BEGIN:VCARD\nFN:Ana\nNOTE:${'x'.repeat(size)}\nEND:VCARD` })
    const send = (contacts: object[]) => api.post('/api/sendContactVcard', { session: 'main', chatId: CHAT, contacts })
    expect((await send(Array.from({ length: 7 }, () => card(60_000)))).status).toBe(201)
    const refused = await send(Array.from({ length: 8 }, () => card(60_000)))
    expect(refused).toMatchObject({ status: 413, body: { code: 'too-large', detail: expect.stringContaining('450 KiB') } })
  })
})

describe('the file of a message that is to be sent', () => {
  const bytes = 'the bytes of a picture'
  const file = { mimetype: 'application/octet-stream', filename: 'a.bin', data: Buffer.from(bytes).toString('base64') }
  let path = ''

  beforeAll(async () => {
    const { status, body } = await api.post('/api/sendFile', { session: 'main', chatId: CHAT, file })
    expect([status, body.media]).toMatchObject([201, { mimetype: 'application/octet-stream', filename: 'a.bin' }])
    path = body.media.url
  })

  it('is at the address in the answer', async () => {
    expect(path).toMatch(/^\/api\/files\/main\/[0-9a-f]{40}\.bin$/)
    expect(await api.get(path)).toMatchObject({ status: 200, body: bytes })
  })

  it('is not there for a key of another session, or another tenant', async () => {
    for (const caller of [{ sessions: ['other'] }, { tenant: 'acme', sessions: 'all' }] as const) {
      for (const name of ['main', 'other']) {
        const { status } = await api.as({ key: 'aa', role: 'read', ...caller }).get(path.replace('/main/', `/${name}/`))
        expect([caller, name, status]).toEqual([caller, name, 404])
      }
    }
  })
})

describe('the file of a request that makes no message', () => {
  class WithoutRemoving extends MemoryObjects {
    override remove(): Promise<never> {
      return Promise.reject(new HoldfastError('store-forbidden', 'This account may not remove objects.'))
    }
  }
  const file = { mimetype: 'application/octet-stream', data: Buffer.from('the bytes').toString('base64') }
  const body = { session: 'main', chatId: CHAT, file }
  const text = JSON.stringify(body)

  it.each([
    ['is refused', 422, { ...body, sendAt: '2020-01-01T00:00:00Z', expiresAt: '2020-01-01T00:00:00Z' }],
    ['has mistakes', 400, { ...body, caption: 1 }],
    ['has mistakes before its session', 400, { file, session: 'main', caption: 1 }],
    ['is no JSON', 400, text.slice(0, -1)],
    ['names a chat that is none', 400, { ...body, chatId: 'nobody' }],
  ])('is removed when the request %s', async (_, status, given) => {
    const media = new MemoryObjects()
    const answer = await api.with({ media }).send('POST', '/api/sendFile', given)
    expect([answer.status, await media.list('')]).toEqual([status, []])
  })

  it('is removed when an earlier request made the message, whose file stays', async () => {
    const media = new MemoryObjects()
    const send = () => api.with({ media }).post('/api/sendFile', body, { 'Idempotency-Key': 'with-a-file' })
    const first = await send()
    const [object] = await media.list('')
    expect(await send()).toMatchObject({ status: 201, body: { id: first.body.id } })
    expect(await media.list('')).toEqual([object])
  })

  it('is left to the nightly run by an account that may not remove it', async () => {
    const media = new WithoutRemoving()
    expect((await api.with({ media }).post('/api/sendFile', { ...body, chatId: 'nobody' })).status).toBe(400)
    const erasures = await api.documents.query({ collection: ERASURES, where: [['state', '==', 'open']] })
    expect(erasures.map(({ fields }) => fields['objects'])).toEqual([await media.list('')])
  })

  it('stays when nobody can tell whether there is a message', async () => {
    const media = new MemoryObjects()
    const documents = api.committing(async (changes, commit) => {
      await commit(changes)
      throw new HoldfastError('unavailable', 'The answer was lost.')
    })
    const read: typeof documents.read = (path) =>
      path.startsWith(`${JOBS}/`) ? Promise.reject(new HoldfastError('unavailable', 'Away.')) : documents.read(path)
    expect((await api.with({ media, documents: { ...documents, read } }).post('/api/sendFile', body)).status).toBe(503)
    expect(await media.list('')).toHaveLength(1)
  })
})

describe('a voice message that has to be converted', () => {
  const OPUS = Buffer.concat([Buffer.from('OggS'), Buffer.alloc(24), Buffer.from('OpusHead'), Buffer.alloc(200)])
  const sound = (bytes: Buffer) => ({ mimetype: 'audio/mpeg', data: bytes.toString('base64') })
  const send = (file: object, convert = true) => api.post('/api/sendVoice', { session: 'main', chatId: CHAT, file, convert })

  it('is refused at once when every live runner says that it cannot, and nothing else is', async () => {
    const mp3 = sound(Buffer.from('ID3 and some sound'))
    await api.heartbeat('old', {}, { deadAfterMs: 600_000 })
    expect((await send(mp3)).status).toBe(201)
    await api.heartbeat('old', {}, { convertsVoice: false })
    const refused = await send(mp3)
    expect([refused.status, refused.body.code, refused.body.message]).toEqual([
      422,
      'cannot-convert',
      expect.stringContaining('audio/ogg with Opus'),
    ])
    const story = await api.post('/api/main/status/voice', { file: mp3, contacts: [CHAT], convert: true })
    expect([story.status, story.body.code]).toEqual([422, 'cannot-convert'])
    const addresses = ['https://example.com/a.mp3', 'https://example.com/a.opus'].map((url) => send({ url }))
    expect((await Promise.all(addresses)).map(({ status }) => status)).toEqual([422, 201])
    expect([(await send(sound(OPUS))).status, (await send(mp3, false)).status]).toEqual([201, 201])
    await api.heartbeat('new', {}, { convertsVoice: true })
    expect((await send(mp3)).status).toBe(201)
  })
})

describe('the file of a message from the phone’s history', () => {
  const stored = async (id: string, more: object) => {
    const message = {
      v: 1,
      messageId: 'M',
      chat: '5511999990000@s.whatsapp.net',
      participant: null,
      fromMe: false,
      pushName: null,
    }
    const fields = { ...message, content: Buffer.from('sealed'), sentAt: new Date(), fromHistory: true, ...more }
    await api.documents.commit([{ kind: 'create', path: `${messagesPath('default.main')}/${id}`, fields }])
    const { status, body } = await api.get(`/api/files/main/${id}`)
    return [status, body.code]
  }

  it('is fetched by a connected session only, and a message without one has none', async () => {
    expect(await stored('a'.repeat(40), { type: 'image' })).toEqual([422, 'session-not-working'])
    expect(await stored('b'.repeat(40), { type: 'text' })).toEqual([404, 'unknown-file'])
    expect(await stored('c'.repeat(40), { type: 'image', tooLarge: { bytes: 2e6, textIsCut: false } })).toEqual([
      404,
      'file-gone',
    ])
  })
})

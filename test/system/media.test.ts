import { createHash, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { receivedMessageIdOf } from '@holdfast/core/session/ids'
import { receivedMediaPath } from '@holdfast/core/message/received-media-document'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'
import { requestJson } from '../support/json-request.ts'

/** Files both ways, with real encryption, through real processes. */
vi.setConfig({ testTimeout: 120_000 })

const MIB = 1024 * 1024

let world: EngineWorld

/** A host outside, which gives one file, and the beginning of a picture. */
let outside: Server
const HOSTED = randomBytes(700_000)

beforeAll(async () => {
  outside = createServer((request, response) => {
    if (request.url === '/moved') return void response.writeHead(302, { location: '/file.bin' }).end()
    if (request.url === '/me.jpg') return void response.end(Buffer.from([0xff, 0xd8, 0xff, 0xe0]))
    if (request.url !== '/file.bin') return void response.writeHead(404).end()
    response.end(HOSTED)
  })
  await new Promise<void>((done) => outside.listen(0, '127.0.0.1', done))
  world = await EngineWorld.start({ runnerEnv: { ALLOW_INSIDE_ADDRESSES: '127.0.0.1', MAX_INCOMING_MEDIA_MB: '6' } })
}, 120_000)

const hosted = (path: string): string => `http://127.0.0.1:${(outside.address() as AddressInfo).port}${path}`

afterAll(async () => {
  outside.close()
  const { violations } = await world.simulator.state()
  await world?.[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

interface SentFile {
  readonly id: string
  readonly bytes: number
  readonly sha256: string
}

const sendMedia = (chat: Chat, file: object): Promise<SentFile> =>
  requestJson(`${world.simulator.url}/contacts/${chat.contact}/send-media`, { method: 'POST', json: { to: chat.phone, ...file } })

const documentOf = (chat: Chat, id: string): string => receivedMessageIdOf(`${chat.contact}@s.whatsapp.net`, '', id)

const urlOf = (chat: Chat, id: string): string => `/api/files/${chat.name}/${documentOf(chat, id)}`

/** Asks for the file as a client does, which has heard of the message. */
async function fileOf(chat: Chat, id: string, more: RequestInit = {}): Promise<Response> {
  await eventually(async () => expect(await stateOf(chat, id)).toBeDefined())
  return world.sandbox.api(urlOf(chat, id), more)
}

const sha256 = (bytes: ArrayBuffer | Buffer): string => createHash('sha256').update(new Uint8Array(bytes)).digest('hex')

const stateOf = async (chat: Chat, id: string): Promise<unknown> =>
  (await world.google.documents.read(`${receivedMediaPath(chat.sessionId)}/${documentOf(chat, id)}`))?.fields

test('a document of 5 MB arrives with the same bytes, whole and in parts, and lies sealed in the bucket', async () => {
  const chat = await world.linked('documents')
  const sent = await sendMedia(chat, {
    kind: 'document',
    size: 5 * MIB,
    mimetype: 'application/pdf',
    filename: 'Rechnung Mä.pdf',
  })
  await (await fileOf(chat, sent.id)).body?.cancel()
  const answer = await world.sandbox.api(`${urlOf(chat, sent.id)}.pdf`)
  expect(answer.status).toBe(200)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/pdf',
    'content-length': String(5 * MIB),
    'content-disposition': "inline; filename*=UTF-8''Rechnung%20M%C3%A4.pdf",
    'accept-ranges': 'bytes',
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  expect(sha256(bytes)).toBe(sent.sha256)
  const range = { headers: { Range: 'bytes=1000000-1999999' } }
  const part = await fileOf(chat, sent.id, range)
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 1000000-1999999/${5 * MIB}`])
  expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(1_000_000, 2_000_000))).toBe(true)
  const outside = await fileOf(chat, sent.id, { headers: { Range: `bytes=${5 * MIB}-` } })
  expect(outside.status).toBe(416)
  const name = `media/default/${chat.sessionId}/${documentOf(chat, sent.id)}`
  const object = await world.google.objects.read(name)
  expect(object?.bytes.includes(bytes.subarray(0, 64))).toBe(false)
})

test('a picture whose link has ended is asked of the phone, and one that the phone does not have is gone', async () => {
  const chat = await world.linked('ended')
  // Nothing is fetched while the session is down, so that the links end first.
  await world.api.want('ended', 'stop')
  await chat.untilSession('STOPPED STOPPED requested')
  const [kept, lost] = [
    await sendMedia(chat, { kind: 'image', size: 300_000, mimetype: 'image/jpeg', caption: 'kept' }),
    await sendMedia(chat, { kind: 'image', size: 200_000, mimetype: 'image/jpeg', caption: 'lost' }),
  ]
  await world.post(`/contacts/${chat.contact}/expire-media`, { to: chat.phone, id: kept.id })
  await world.post(`/contacts/${chat.contact}/expire-media`, { to: chat.phone, id: lost.id, phoneKeeps: false })
  await world.api.want('ended', 'start')
  const answer = await fileOf(chat, kept.id)
  expect([answer.status, sha256(await answer.arrayBuffer())]).toEqual([200, kept.sha256])
  const gone = await fileOf(chat, lost.id)
  expect([gone.status, await gone.json()]).toMatchObject([404, { code: 'file-gone' }])
  expect(await stateOf(chat, lost.id)).toMatchObject({ state: 'gone', reason: 'no-longer' })
})

test('a picture that the phone itself sends is listed as ours with its bytes, and asked of the phone when its link has ended', async () => {
  const chat = await world.linked('own-phone')
  const sendOnPhone = (file: object): Promise<SentFile> =>
    requestJson(`${world.simulator.url}/phones/${chat.phone}/send-media`, {
      method: 'POST',
      json: { to: chat.contact, kind: 'image', mimetype: 'image/jpeg', ...file },
    })
  const sent = await sendOnPhone({ size: 200_000, caption: 'from my phone' })
  const answer = await fileOf(chat, sent.id)
  expect([answer.status, sha256(await answer.arrayBuffer())]).toEqual([200, sent.sha256])
  const list = await world.sandbox.api(`/api/${chat.name}/chats/${chat.contact}@c.us/messages?limit=10`)
  const [shown, ...others] = (await list.json()) as { media: { url: string } }[]
  expect(others).toEqual([])
  expect(shown).toMatchObject({ id: `true_${chat.contact}@c.us_${sent.id}`, fromMe: true, body: 'from my phone', hasMedia: true })
  expect(await sentFileAt(shown?.media.url ?? '')).toEqual([200, 'image/jpeg', sent.sha256])

  await world.api.want(chat.name, 'stop')
  await chat.untilSession('STOPPED STOPPED requested')
  const ended = await sendOnPhone({ size: 150_000, caption: 'ended' })
  await world.post(`/contacts/${chat.contact}/expire-media`, { to: chat.phone, id: ended.id })
  await world.api.want(chat.name, 'start')
  const again = await fileOf(chat, ended.id)
  expect([again.status, sha256(await again.arrayBuffer())]).toEqual([200, ended.sha256])
})

test('a picture of a channel, which nobody encrypts, comes to its follower', async () => {
  const [owner, follower] = [await world.linked('channel-owner'), await world.linked('channel-follower')]
  const { id: channel } = await world.simulator.createChannel('Pictures', owner.phone)
  await world.simulator.followChannel(channel, follower.phone)
  const bytes = randomBytes(50_000)
  const file = { mimetype: 'image/png', data: bytes.toString('base64') }
  const json = { session: owner.name, chatId: channel, file, caption: 'Posted' }
  const { messageId } = (await (await world.sandbox.api('/api/sendImage', { json })).json()) as { messageId: string }
  const document = receivedMessageIdOf(channel, '', messageId)
  await eventually(async () => {
    const answer = await world.sandbox.api(`/api/files/${follower.name}/${document}`)
    expect([answer.status, sha256(await answer.arrayBuffer())]).toEqual([200, sha256(bytes)])
  })
})

test('a file above the limit is not fetched, its message arrives, and the answer names the setting', async () => {
  const chat = await world.linked('large')
  const sent = await sendMedia(chat, { kind: 'document', size: 7 * MIB, mimetype: 'application/zip', caption: 'too large' })
  const answer = await fileOf(chat, sent.id)
  expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'file-gone' }])
  expect(await stateOf(chat, sent.id)).toMatchObject({ state: 'gone', reason: 'too-large', object: null })
})

test('a picture that cannot be had yet delays neither its message nor the next one, and comes when it can', async () => {
  const chat = await world.linked('slow')
  await chat.fault('media-hang')
  const sent = await sendMedia(chat, { kind: 'image', size: 100_000, mimetype: 'image/png', caption: 'here it is' })
  const next = await chat.receive('did you see it?')
  await eventually(async () => {
    const stored = await world.api.storedMessages(chat.name)
    expect(stored.map(({ id }) => id)).toEqual(
      expect.arrayContaining([expect.stringContaining(sent.id), expect.stringContaining(next)]),
    )
  })
  await eventually(async () => expect((await chat.account()).offlineQueue).toBe(0))
  expect(await stateOf(chat, sent.id)).toMatchObject({ state: 'pending' })
  await world.clearFaults()
  const answer = await fileOf(chat, sent.id)
  expect([answer.status, sha256(await answer.arrayBuffer())]).toEqual([200, sent.sha256])
})

test('a download that breaks off or brings other bytes is repeated, and an owner that dies in one leaves it to the next', async () => {
  // The next owner would open the sessions of the tests above, too.
  await world.stopSessions()
  const chat = await world.linked('broken')
  await chat.fault('media-cut', { count: 1 })
  const cut = await sendMedia(chat, { kind: 'video', size: 400_000, mimetype: 'video/mp4' })
  const answer = await fileOf(chat, cut.id)
  expect([answer.status, sha256(await answer.arrayBuffer())]).toEqual([200, cut.sha256])
  await chat.fault('media-corrupt', { count: 1 })
  const damaged = await sendMedia(chat, { kind: 'audio', size: 50_000, mimetype: 'audio/ogg; codecs=opus' })
  const mended = await fileOf(chat, damaged.id)
  expect([mended.status, sha256(await mended.arrayBuffer())]).toEqual([200, damaged.sha256])
  await chat.fault('media-hang')
  const since = world.happened.length
  const left = await sendMedia(chat, { kind: 'sticker', size: 30_000, mimetype: 'image/webp' })
  await world.happens((event) => event.type === 'media-request' && event['answer'] === 'hanging', since)
  await Promise.all(world.sandbox.runners().map((runner) => runner.stop('SIGKILL')))
  await world.sandbox.addRunner()
  await world.clearFaults()
  const taken = await fileOf(chat, left.id)
  expect([taken.status, sha256(await taken.arrayBuffer())]).toEqual([200, left.sha256])
})

async function send(
  chat: Chat,
  route: string,
  body: object,
  key: string = randomBytes(8).toString('hex'),
): Promise<{ id: string; url: string }> {
  const json = { chatId: `${chat.contact}@c.us`, ...body, session: chat.name }
  const answer = await world.sandbox.api(`/api/${route}`, { method: 'POST', json, headers: { 'Idempotency-Key': key } })
  const accepted = (await answer.json()) as { id: string; jobId?: string; media: { url: string } }
  expect([answer.status, accepted]).toEqual([201, expect.anything()])
  return { id: accepted.jobId ?? accepted.id, url: accepted.media.url }
}

/** Asks for the file of a sent message at the address in the answer, and returns its type and the hash of its bytes. */
async function sentFileAt(url: string): Promise<unknown> {
  const { pathname, origin } = new URL(url)
  expect(origin).toBe(world.sandbox.info.api)
  const answer = await world.sandbox.api(pathname)
  return [answer.status, answer.headers.get('content-type'), sha256(await answer.arrayBuffer())]
}

const statusOf = async ({ id }: { id: string }): Promise<unknown> => {
  const { status, error } = (await (await world.sandbox.api(`/api/messages/${id}`)).json()) as { status: string; error: unknown }
  return { status, error }
}

const delivered = (job: { id: string }): Promise<void> =>
  eventually(async () => expect(await statusOf(job)).toEqual({ status: 'delivered', error: null }), 60_000)

test('a document of 5 MB goes out with the same bytes, and a repeated request sends it once', async () => {
  const chat = await world.linked('out')
  const bytes = randomBytes(5 * MIB)
  // The session may come behind the bytes.
  const file = { mimetype: 'application/pdf', filename: 'Angebot.pdf', data: bytes.toString('base64') }
  const body = { file, caption: 'Our offer' }
  const first = await send(chat, 'sendFile', body, 'offer')
  expect(await sentFileAt(first.url)).toEqual([200, 'application/pdf', sha256(bytes)])
  await delivered(first)
  expect(await send(chat, 'sendFile', body, 'offer')).toEqual(first)
  const received = await chat.received()
  expect(received).toHaveLength(1)
  const own = await world.sandbox.api(urlOf(chat, received[0]?.id ?? ''))
  expect([own.status, own.headers.get('content-type'), sha256(await own.arrayBuffer())]).toEqual([
    200,
    'application/pdf',
    sha256(bytes),
  ])
  expect(received[0]).toMatchObject({
    copies: 1,
    file: {
      kind: 'documentMessage',
      mimetype: 'application/pdf',
      filename: 'Angebot.pdf',
      caption: 'Our offer',
      bytes: 5 * MIB,
      sha256: sha256(bytes),
    },
  })
})

test('pictures, videos and voice messages go out, from the request or from an address', async () => {
  const chat = await world.linked('kinds')
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452000000400000002008020000', 'hex'), randomBytes(100)])
  const data = png.toString('base64')
  await delivered(await send(chat, 'sendImage', { file: { mimetype: 'image/png', data }, caption: 'A picture' }))
  const video = await send(chat, 'sendVideo', { file: { mimetype: 'video/mp4', url: hosted('/moved') }, asNote: true })
  // The runner fetches it meanwhile.
  expect(await sentFileAt(video.url)).toEqual([200, 'video/mp4', sha256(HOSTED)])
  await delivered(video)
  await delivered(await send(chat, 'sendVoice', { file: { mimetype: 'audio/ogg; codecs=opus', url: hosted('/file.bin') } }))
  const webp = Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBPVP8X', 'latin1'), randomBytes(100)])
  // Forms fill in a type of their own.
  const sticker = { mimetype: 'image/png', data: webp.toString('base64') }
  await delivered(await send(chat, 'sendImage', { file: sticker, asSticker: true, caption: 'Not shown' }))
  const files = (await chat.received()).map(({ file }) => file)
  expect(files).toMatchObject([
    { kind: 'imageMessage', caption: 'A picture', sha256: sha256(png) },
    { kind: 'ptvMessage', sha256: sha256(HOSTED) },
    { kind: 'audioMessage', sha256: sha256(HOSTED) },
    { kind: 'stickerMessage', caption: null, mimetype: 'image/webp', sha256: sha256(webp) },
  ])
  const list = await world.sandbox.api(`/api/${chat.name}/chats/${chat.contact}@c.us/messages?limit=10`)
  const shown = ((await list.json()) as { type?: string; media: { url: string } }[]).map(({ media }) => media.url)
  expect(shown).toContain(video.url)
  expect(await sentFileAt(shown[3] ?? '')).toEqual([200, 'image/png', sha256(png)])
})

test('a file that nobody can fetch fails its message for good, and no request goes inside', async () => {
  const chat = await world.linked('fetching')
  const fails = async (
    url: string,
    code: string,
    { mimetype = 'image/png', ...more }: { mimetype?: string; asSticker?: boolean } = {},
  ) => {
    const job = await send(chat, 'sendImage', { file: { mimetype, url }, ...more })
    await eventually(async () => expect(await statusOf(job)).toMatchObject({ status: 'failed', error: { code } }), 60_000)
  }
  await fails(hosted('/nothing'), 'cannot-use-media')
  await fails(hosted('/file.bin'), 'cannot-use-media', { mimetype: 'image/webp', asSticker: true })
  await fails('http://169.254.169.254/computeMetadata/v1/', 'address-refused')
  const answer = await world.sandbox.api('/api/sendImage', {
    method: 'POST',
    json: { session: chat.name, chatId: `${chat.contact}@c.us`, file: { mimetype: 'image/png', data: 'no base64!' } },
  })
  expect(answer.status).toBe(400)
  const noSticker = {
    session: chat.name,
    chatId: `${chat.contact}@c.us`,
    file: { mimetype: 'image/png', url: hosted('/file.bin') },
  }
  const refused = await world.sandbox.api('/api/sendImage', { method: 'POST', json: { ...noSticker, asSticker: true } })
  expect([refused.status, await refused.json()]).toEqual([422, expect.objectContaining({ code: 'not-possible' })])
})

test('the picture of the account is fetched from its address, and only from outside', async () => {
  const chat = await world.linked('pictured')
  const path = `/api/${chat.name}/profile`
  const set = async (url: string) => {
    const answer = await world.sandbox.api(`${path}/picture`, { method: 'PUT', json: { file: { url } } })
    return { status: answer.status, body: await answer.json() }
  }
  expect((await set(hosted('/me.jpg'))).status).toBe(200)
  expect(await (await world.sandbox.api(path)).json()).toMatchObject({ picture: expect.stringMatching(/^https:/) })
  for (const url of [hosted('/file.bin'), 'http://169.254.169.254/computeMetadata/v1/']) {
    expect(await set(url)).toMatchObject({ status: 422, body: { code: 'not-possible' } })
  }
  expect((await set(hosted('/nothing'))).status).toBe(422)
})

test('an owner that dies between the upload and the message sends the message once, with the file that WhatsApp has', async () => {
  await world.stopSessions()
  const chat = await world.linked('dying')
  const since = world.happened.length
  await chat.fault('hold-acks')
  const job = await send(chat, 'sendImage', { file: { mimetype: 'image/jpeg', data: randomBytes(300_000).toString('base64') } })
  await world.happens((event) => event.type === 'message' && event.phone === chat.phone, since)
  const path = await eventually(async () => {
    const [first] = await chat.received()
    expect(first?.file?.path).toBeDefined()
    return first?.file?.path
  })
  await Promise.all(world.sandbox.runners().map((runner) => runner.stop('SIGKILL')))
  await world.clearFaults()
  await world.sandbox.addRunner()
  await delivered(job)
  const received = await chat.received()
  expect(received.map(({ file }) => file?.path)).toEqual([path])
  const { times } = await requestJson<{ times: number }>(`${world.simulator.url}/uploads?path=${path}`, { method: 'GET' })
  expect(times).toBe(1)
})

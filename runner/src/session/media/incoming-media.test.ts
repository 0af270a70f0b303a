import { buffer } from 'node:stream/consumers'
import { sealReceivedContent } from '@holdfast/core/message/sealed-content'
import { mediaObjectOf } from '@holdfast/core/message/media-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { ByteRange, Bytes } from '@holdfast/core/platform/object-streams'
import { SessionCipher } from '@holdfast/core/security/envelope'
import { sealedMedia } from '@holdfast/core/security/media-cipher'
import { MediumLost } from '../../whatsapp/media.ts'
import type { Clock, DocumentStore, Query } from '@holdfast/core/platform/ports'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { beforeEach, expect, test } from 'vitest'
import { IncomingMedia, type IncomingMediaOptions } from './incoming-media.ts'

let nowMs: number
let timers: { readonly dueMs: number; readonly run: () => void }[]
/** The number of times that the list of pending media was asked for. */
let asked: number

const clock: Clock = {
  ...systemClock,
  now: () => nowMs,
  after: (ms, run) => {
    const timer = { dueMs: nowMs + ms, run }
    timers.push(timer)
    return () => void (timers = timers.filter((one) => one !== timer))
  },
}

const documents = {
  query: async (_query: Query) => {
    asked++
    throw new Error('The store is away.')
  },
} as unknown as DocumentStore

const media = (): IncomingMedia =>
  new IncomingMedia({
    sessionId: 'default.main',
    documents,
    clock,
    state: { isRetired: false, journal: { ended: null } },
    logger: createLogger('test', 'silent'),
  } as unknown as IncomingMediaOptions)

const DOCUMENT = 'd1'
const sessionId = 'default.main'
const cipher = new SessionCipher(sessionId, new Map([[1, Buffer.alloc(32, 1)]]), 1)
const EMPTY = { createFrom: (_: string, bytes: Bytes) => buffer(bytes) }

/** A session without a connection, which heard of one message, whose download ends with this error. */
function withMessage({ mediaKey, error, store = EMPTY }: { mediaKey: Buffer | null; error: Error; store?: object }) {
  const content = sealReceivedContent(cipher, DOCUMENT, { text: null, proto: 'AA==' })
  const fields = { v: 1, messageId: 'M1', chat: '1@newsletter', participant: null, fromMe: false, pushName: null, type: 'image' }
  const events: unknown[] = []
  const incoming = new IncomingMedia({
    sessionId,
    cipher,
    clock,
    documents: { read: async () => ({ fields: { ...fields, content, sentAt: new Date(nowMs) } }) } as unknown as DocumentStore,
    state: {
      isRetired: false,
      journal: { ended: null },
      append: (more: { events: unknown[] }) => void events.push(...more.events),
    },
    store,
    reader: {
      mediumIn: () => ({ mediaKey, bytes: 4 }),
      // oxlint-disable-next-line require-yield
      async *download() {
        throw error
      },
    },
    mostBytes: 100,
    logger: createLogger('test', 'silent'),
  } as unknown as IncomingMediaOptions)
  return { incoming, events }
}

async function* parts(...some: Buffer[]): AsyncGenerator<Buffer> {
  yield* some
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

beforeEach(() => {
  nowMs = 1_790_000_000_000
  timers = []
  asked = 0
})

test('what is pending is asked for again after a pause, when it could not be read', async () => {
  media().start()
  await turns()
  expect(asked).toBe(1)
  nowMs += 10_000
  for (const { run } of timers.splice(0)) run()
  await turns()
  expect(asked).toBe(2)
})

test.each([
  ['of a channel is lost for good when its link has ended', null, [{ state: 'gone', reason: 'no-longer', attempts: 1 }]],
  ['of a chat waits for the phone, which may send it again', Buffer.alloc(32), []],
])('while the session is offline, a file %s', async (_what, mediaKey, recorded) => {
  const { incoming, events } = withMessage({ mediaKey, error: new MediumLost('gone') })
  incoming.heard(DOCUMENT)
  await turns()
  expect(events).toEqual(recorded.map((each) => ({ type: 'media.changed', document: DOCUMENT, ...each })))
})

test.each([
  ['counts when it opens to its end', 0, { state: 'stored', bytes: 5 }],
  ['is no medium when its bytes are others', 1, { state: 'pending', reason: 'no-answer', attempts: 1 }],
])('an object that an earlier attempt has left %s', async (_what, altered, recorded) => {
  const object = await buffer(sealedMedia(cipher, mediaObjectOf(sessionId, DOCUMENT), parts(Buffer.from('bytes'))))
  object[object.length - 1] = (object.at(-1) ?? 0) ^ altered
  const store = {
    createFrom: () => Promise.reject(new HoldfastError('already-exists', 'It is there.')),
    sizeOf: () => Promise.resolve(object.length),
    readRange: (_: string, { start, end }: ByteRange) => parts(Buffer.from(object.subarray(start, end))),
  }
  const { incoming, events } = withMessage({ mediaKey: null, error: new Error('nobody downloads'), store })
  incoming.heard(DOCUMENT)
  await turns()
  expect(events).toEqual([expect.objectContaining({ type: 'media.changed', document: DOCUMENT, ...recorded })])
})

test('nothing waits for it after the end', async () => {
  const incoming = media()
  incoming.start()
  await turns()
  incoming.stop()
  expect(timers).toEqual([])
})

/** So many pending media, of which the first fails. Returns the ids of those that were stored, and the number of pages that were read. */
function withMany(count: number) {
  const ids = Array.from({ length: count }, (_, index) => `d${String(index).padStart(4, '0')}`)
  const left = new Set(ids)
  let pages = 0
  const stored: string[] = []
  const content = (id: string) => sealReceivedContent(cipher, id, { text: null, proto: Buffer.from(id).toString('base64') })
  const fields = { v: 1, messageId: 'M1', chat: '1@c.us', participant: null, fromMe: false, pushName: null, type: 'image' }
  const incoming = new IncomingMedia({
    sessionId,
    cipher,
    clock,
    documents: {
      read: async (path: string) => ({
        fields: { ...fields, content: content(path.split('/').at(-1) ?? ''), sentAt: new Date(nowMs) },
      }),
      query: async ({ startAfter = '', limit = 0 }: Query) => {
        pages++
        const found = [...left].filter((id) => id > String(startAfter)).slice(0, limit)
        return found.map((id) => ({ id, fields: { attempts: 0 } }))
      },
    } as unknown as DocumentStore,
    state: {
      isRetired: false,
      journal: { ended: null },
      append: ({ events }: { events: { document: string; state: string }[] }) => {
        for (const { document, state } of events) {
          if (state !== 'stored') continue
          left.delete(document)
          stored.push(document)
        }
      },
    },
    store: EMPTY,
    reader: {
      mediumIn: (proto: Buffer) => ({ id: proto.toString(), mediaKey: Buffer.alloc(32), bytes: 1 }),
      async *download({ id }: { id: string }) {
        if (id === ids[0]) throw new Error('The server has a trouble.')
        yield Buffer.from('x')
      },
    },
    mostBytes: 100,
    logger: createLogger('test', 'silent'),
  } as unknown as IncomingMediaOptions)
  return { incoming, stored, ids, pages: () => pages }
}

test('a file that waits for its next attempt holds up none of those behind it, and nothing is read in vain', async () => {
  const { incoming, stored, ids, pages } = withMany(450)
  incoming.start()
  for (let round = 0; round < 400 && stored.length < ids.length - 1; round++) await turns()
  expect(stored.toSorted()).toEqual(ids.slice(1))
  expect(pages()).toBe(3)
  await turns()
  expect(pages()).toBe(3)
  incoming.stop()
})

import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { StateImage } from '@holdfast/core/journal/state-image'
import { createLogger } from '@holdfast/core/platform/logging'
import type { DocumentStore } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { SessionCipher } from '@holdfast/core/security/envelope'
import { receivedMessageIdOf } from '@holdfast/core/session/ids'
import type { Delivery, FailedStanza, Unreadable } from '../../whatsapp/delivered-stanzas.ts'
import type { ReceivedMessage } from '../../whatsapp/received-message.ts'
import { projectEvents } from '../events/projector.ts'
import type { Entry } from '../journal/group.ts'
import type { Journal } from '../journal/journal.ts'
import { JournaledState } from '../journal/journaled-state.ts'
import { Deliveries } from './deliveries.ts'
import { ATTEMPTS } from './delivery-policy.ts'
import { Inbox } from './inbox.ts'
import { Undecrypted } from './undecrypted.ts'

const SESSION = 'default.shop'
const CHAT = '5511900000002@s.whatsapp.net'
const cipher = new SessionCipher(SESSION, new Map([[1, randomBytes(32)]]), 1)
const BAD_MAC: Unreadable = { code: 'bad-mac', message: 'Bad MAC' }

let image: StateImage
let appended: Entry[]
let isSuspect: boolean
/** The number of waits for a durable record. */
let waits: number
let deliveries: Deliveries

beforeEach(() => {
  image = new StateImage()
  appended = []
  isSuspect = false
  waits = 0
  deliveries = newOwner()
})

function newOwner(): Deliveries {
  const journal = {
    append: (entry: Entry) => appended.push(entry),
    whenDurable: () => Promise.resolve(void waits++),
    ended: null,
  }
  const state = new JournaledState(image, journal as unknown as Journal)
  const parts = { sessionId: SESSION, state, clock: systemClock, logger: createLogger('test', 'silent') }
  const inbox = new Inbox({ ...parts, documents: {} as DocumentStore })
  return new Deliveries({ state, inbox, undecrypted: new Undecrypted(parts), isSuspect: () => isSuspect, isIgnored: () => false })
}

const message = (messageId: string): ReceivedMessage => ({
  messageId,
  chat: CHAT,
  participant: null,
  fromMe: false,
  pushName: null,
  type: 'text',
  text: 'hello',
  proto: Buffer.from('proto'),
  sentAtMs: 0,
})

const keyOf = (messageId: string) => receivedMessageIdOf(CHAT, '', messageId)

function failed(messageId: string, error: Unreadable = BAD_MAC, plain?: Uint8Array): FailedStanza {
  const stanza = { key: keyOf(messageId), messageId, from: CHAT, participant: null, kind: 'msg', bytes: Buffer.from('stanza') }
  return { ...stanza, error, ...(plain ? { plain } : {}) }
}

const delivery = (messageId: string, hash = `hash of ${messageId}`): Delivery => ({
  hash,
  address: message(messageId),
  failed: (error, plain) => failed(messageId, error, plain),
})

const received = (messageId: string) => ({
  hash: `hash of ${messageId}`,
  stanzaId: messageId,
  plain: Buffer.from('plain'),
  message: message(messageId),
})

/** Admits a message as the client does, with the ratchet step in the same mutation. */
function admit(messageId: string): void {
  const { keys, commit } = deliveries.admit(received(messageId), keyOf(messageId))
  commit({ keys: { ...keys, session: { [CHAT]: 'stepped' } } })
}

const rows = () => [...image.entries('undecrypted')].map(([, row]) => JSON.parse(row) as Record<string, unknown>)

/** Returns the fields that the records write into documents. */
function documents() {
  const record = { sessionId: SESSION, place: { sequence: 1, index: 0, prevHash: '' }, cipher: () => cipher }
  return appended.flatMap(({ events = [] }) => projectEvents(events, record)).map(({ fields }) => fields)
}

describe('a stanza that could not be decrypted', () => {
  test('is recorded and requested again, until it is parked', () => {
    const answers = Array.from({ length: ATTEMPTS }, () => deliveries.notDecrypted(delivery('M1'), BAD_MAC))
    expect(answers).toEqual([...Array.from({ length: ATTEMPTS - 1 }, () => 'ask-again'), 'ask-no-more'])
    expect(documents()).toMatchObject([{ messageId: cipher.pseudonym('M1'), attempts: ATTEMPTS }])
  })

  test('is not requested again once it was parked', () => {
    deliveries.refused(failed('M1'), { isFinal: true })
    expect(deliveries.notDecrypted(delivery('M1'), BAD_MAC)).toBe('ask-no-more')
  })

  test('counts as read when its message is stored, and changes nothing', () => {
    admit('M1')
    appended.length = 0
    expect(deliveries.notDecrypted(delivery('M1', 'hash of another copy'), BAD_MAC)).toBe('as-read')
    expect(appended).toEqual([])
  })

  test('is recorded when its address is unreadable', () => {
    admit('M1')
    expect(deliveries.notDecrypted({ ...delivery('M1', 'other'), address: null }, BAD_MAC)).toBe('ask-again')
    expect(rows()).toMatchObject([{ messageId: 'M1', attempts: 1 }])
  })

  test('is settled in the mutation that admits a good copy', () => {
    deliveries.notDecrypted(delivery('M1'), BAD_MAC)
    admit('M1')
    expect(appended.at(-1)?.mutation?.keys).toMatchObject({
      undecrypted: { [keyOf('M1')]: null },
      session: { [CHAT]: 'stepped' },
    })
    expect(rows()).toEqual([])
  })
})

test('a stanza whose plaintext is no message is recorded with it, and parked in the end', () => {
  const answers = Array.from({ length: ATTEMPTS }, () => deliveries.noMessage(delivery('M1'), Buffer.from('garbage')))
  expect(answers.at(-2)).toBe('ask-again')
  expect(answers.at(-1)).toBe('ask-no-more')
  expect(documents()).toMatchObject([{ error: { code: 'no-message' }, attempts: ATTEMPTS }])
})

test('a stanza that the client refuses for good is parked at once, any other is recorded', () => {
  deliveries.refused(failed('M1'), { isFinal: true })
  deliveries.refused(failed('M2'), { isFinal: false })
  expect(documents()).toMatchObject([{ messageId: cipher.pseudonym('M1') }])
  expect(rows().map(({ messageId, parkedAt }) => [messageId, parkedAt !== undefined])).toEqual([
    ['M1', true],
    ['M2', false],
  ])
})

test('a message that only the phone can show has one document, however often WhatsApp announces it', () => {
  deliveries.inClear(received('M1'))
  deliveries.inClear(received('M1'))
  expect(documents()).toMatchObject([{ messageId: cipher.pseudonym('M1') }])
  expect(deliveries.inbox.figures.received).toBe(1)
})

describe('a delivery to a suspected session', () => {
  const counts = () => [...image.entries('delivery')].map(([, begun]) => begun)

  test('is counted durably before it is decrypted', async () => {
    isSuspect = true
    expect(await deliveries.begin(delivery('M1'))).toBe('decrypt')
    expect([counts(), waits]).toEqual([['1'], 1])
  })

  test('is no longer counted once its message is admitted, or its decryption failed', async () => {
    isSuspect = true
    await deliveries.begin(delivery('M1'))
    admit('M1')
    await deliveries.begin(delivery('M2'))
    deliveries.notDecrypted(delivery('M2'), BAD_MAC)
    expect(counts()).toEqual([])
  })

  test('that two owners did not survive is parked without decryption by the third', async () => {
    isSuspect = true
    for (let life = 1; life <= 2; life++) {
      deliveries = newOwner()
      expect(await deliveries.begin(delivery('M1'))).toBe('decrypt')
    }
    deliveries = newOwner()
    expect(await deliveries.begin(delivery('M1'))).toBe('ask-no-more')
    expect(documents()).toMatchObject([{ messageId: cipher.pseudonym('M1'), error: { code: 'not-survived' } }])
    expect(counts()).toEqual([])
  })

  test('is not counted when the suspicion is over', async () => {
    expect(await deliveries.begin(delivery('M1'))).toBe('decrypt')
    expect([counts(), waits]).toEqual([[], 0])
  })
})

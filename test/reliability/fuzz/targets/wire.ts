// The limit has to load before Baileys, as in the runner.
import { systemClock } from '@holdfast/core/platform/system-clock'
import '../../../../runner/src/whatsapp/baileys/patches/inflate-limit.ts'
import { EventEmitter } from 'node:events'
import { deflateSync } from 'node:zlib'
import { decodeBinaryNode, encodeBinaryNode, proto, type BinaryNode } from '@whiskeysockets/baileys'
import { SessionCipher } from '@holdfast/core/security/envelope'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { historyFile, partsOf } from '../../../../runner/src/whatsapp/baileys/receive/history-file.ts'
import { happeningsIn } from '../../../../runner/src/whatsapp/baileys/receive/happenings.ts'
import { readStanza } from '../../../../runner/src/whatsapp/baileys/receive/received-stanza.ts'
import { watchStanzas } from '../../../../runner/src/whatsapp/baileys/stanza-events.ts'
import { Contact } from '../../../../runner/src/whatsapp/baileys/testing/contact.ts'
import { DeviceUnderTest } from '../../../../runner/src/whatsapp/baileys/testing/device-under-test.ts'
import { PhoneReader } from '../../../../runner/src/whatsapp/baileys/receive/history-reader.ts'
import { HistoryLost } from '../../../../runner/src/whatsapp/history.ts'
import type { ReceivedMessage } from '../../../../runner/src/whatsapp/received-message.ts'
import { projectEvents } from '../../../../runner/src/session/events/projector.ts'
import { documentIdsOf } from '../../../../runner/src/session/inbox/message-documents.ts'
import { messageEventOf } from '../../../../runner/src/session/inbox/message-event.ts'
import { storedMessageOf } from '../../../../runner/src/session/inbox/stored-message.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { mutateBytes, mutateText, mutateValue, zlibBomb } from '../mutations.ts'
import { described, unlessRefused, type Target } from '../target.ts'
import { HISTORY, MESSAGES, matryoshka, padded, realStanzas } from './wire-samples.ts'

/** Emits the events of Baileys for a stanza that the product listens to. */
function emit(ws: EventEmitter, node: BinaryNode): void {
  const { tag, attrs, content } = node
  ws.emit('frame', node)
  for (const [name, value] of Object.entries(attrs)) ws.emit(`CB:${tag},${name}:${value}`, node)
  ws.emit(`CB:${tag},,${Array.isArray(content) ? content[0]?.tag : ''}`, node)
  ws.emit(`CB:${tag}`, node)
}

const isAnyError = (error: unknown): boolean => error instanceof Error

const frames: Target = {
  name: 'frames',
  promise: 'an unreadable frame is an error of that frame; a readable one is processed, whatever it contains',
  async open() {
    const device = new DeviceUnderTest()
    const encoded = (await realStanzas(device)).map((node) => encodeBinaryNode(node))
    const packed = encoded.map((bytes) => Buffer.concat([Buffer.of(2), deflateSync(bytes.subarray(1))]))
    const bomb = Buffer.concat([Buffer.of(2), zlibBomb(1024 ** 3)])
    const ws = new EventEmitter()
    let broken: string | null = null
    watchStanzas(ws, { ...listeners(device), onBroken: (error) => (broken = `a stanza was not taken in: ${described(error)}`) })
    return {
      async attempt(random) {
        broken = null
        const bytes = random.chance(0.005) ? bomb : mutateBytes(random, random.pick([...encoded, ...packed]))
        // The codec of Baileys throws plain errors.
        let node: BinaryNode | null = null
        const unread = await unlessRefused(async () => (node = await decodeBinaryNode(bytes)), isAnyError)
        if (node) emit(ws, node)
        return unread ?? broken ?? written(device)
      },
    }
  },
}

const stanzas: Target = {
  name: 'stanzas',
  promise: 'a message stanza is processed before Baileys, whatever it contains, and its documents can be written',
  async open() {
    const device = new DeviceUnderTest()
    const real = await realStanzas(device)
    const ws = new EventEmitter()
    let broken: string | null = null
    watchStanzas(ws, { ...listeners(device), onBroken: (error) => (broken = `a stanza was not taken in: ${described(error)}`) })
    return {
      async attempt(random) {
        broken = null
        const node = mutateNode(random, random.pick(real))
        emit(ws, node)
        return broken ?? written(device)
      },
    }
  },
}

const plaintexts: Target = {
  name: 'plaintexts',
  promise: 'a decrypted plaintext is stored with its document, whether it is a message or not',
  async open() {
    const device = new DeviceUnderTest()
    const [stanza] = await realStanzas(device)
    const real = MESSAGES.map(padded)
    const deep = [50, 90, 120, 2000, 20_000].map(matryoshka)
    return {
      attempt(random) {
        const plain = random.chance(0.02) ? random.pick(deep) : mutateBytes(random, random.pick(real))
        const attrs = random.chance(0.3) ? mutateAttributes(random, stanza?.attrs ?? {}) : (stanza?.attrs ?? {})
        return unlessRefused(
          () => readStanza({ tag: 'message', attrs, content: [] }, plain, device.reader),
          () => false,
        )
      },
    }
  },
}

/** Covers the path from the wire through the ratchets to the documents. It encrypts every stanza anew: a ratchet steps once. */
const deliveries: Target = {
  name: 'deliveries',
  promise: 'every encrypted stanza becomes a message, a row to request again, or an error that Baileys answers',
  async open() {
    const device = new DeviceUnderTest()
    const contact = new Contact()
    await contact.openSession(device)
    const deep = [90, 120, 2000].map(matryoshka)
    let number = 0
    return {
      async attempt(random) {
        const whole = padded(random.pick(MESSAGES))
        const plain = random.chance(0.02) ? random.pick(deep) : random.chance(0.5) ? whole : mutateBytes(random, whole)
        const encrypted = await contact.encrypted(plain, false)
        const attrs = { id: `D${++number}` }
        const stanza = contact.stanza([encrypted], attrs)
        const given = random.chance(0.6) ? { ...stanza, attrs: mutateAttributes(random, stanza.attrs) } : stanza
        const unread = await unlessRefused(() => device.receive(given), isAnyError)
        return unread ?? written(device)
      },
    }
  },
}

const pasts: Target = {
  name: 'pasts',
  promise: 'a part of the history is read, or is lost for a known reason, within the memory limit',
  async open() {
    const device = new DeviceUnderTest()
    const reader = new PhoneReader({ reader: device.reader, learn: () => Promise.resolve(), clock: systemClock })
    const bomb = zlibBomb(1024 ** 3)
    const notification = (payload: Uint8Array): Buffer =>
      padded({
        protocolMessage: {
          historySyncNotification: { syncType: proto.Message.HistorySyncType.RECENT, initialHistBootstrapInlinePayload: payload },
        },
      })
    return {
      async attempt(random) {
        const isLost = (error: unknown): boolean => error instanceof HistoryLost || isHoldfastError(error)
        if (random.chance(0.005)) return unlessRefused(() => historyFile({ initialHistBootstrapInlinePayload: bomb }), isLost)
        const file = random.chance(0.7) ? deflateSync(mutateBytes(random, HISTORY)) : mutateBytes(random, deflateSync(HISTORY))
        const whole = async () => {
          for (const part of partsOf(await historyFile({ initialHistBootstrapInlinePayload: file }))) void part
        }
        const read = async () => {
          for await (const { messages } of reader.read(notification(file))) messages.forEach(assertStorable)
        }
        return (await unlessRefused(whole, isLost)) ?? (await unlessRefused(read, isLost))
      },
    }
  },
}

/** Checks that the documents of the device can be written to Firestore. Returns the fault, or null. */
function written(device: DeviceUnderTest): string | null {
  try {
    Object.values(device.documents).forEach(assertTimes)
    return null
  } catch (error) {
    return `a document could not be made: ${described(error)}`
  } finally {
    device.settle()
  }
}

const CIPHER = new SessionCipher('default.fuzz', new Map([[1, Buffer.alloc(32)]]), 1)

const RECORD = {
  sessionId: 'default.fuzz',
  place: { sequence: 1, index: 0, prevHash: '' },
  cipher: () => CIPHER,
}

function assertStorable(received: ReceivedMessage): void {
  const [document] = documentIdsOf(received)
  const event = messageEventOf(
    storedMessageOf(received, () => false),
    document,
  )
  for (const { fields } of projectEvents([event], RECORD)) assertTimes(fields)
}

/** Checks the dates of a document: Firestore accepts the years 1 to 9999. */
function assertTimes(fields: Readonly<Record<string, unknown>>): void {
  for (const value of Object.values(fields)) {
    const isOdd = value instanceof Date && !(value.getUTCFullYear() >= 1 && value.getUTCFullYear() <= 9999)
    if (isOdd) throw new Error('Firestore does not accept the date.')
  }
}

const listeners = (device: DeviceUnderTest) => ({
  stanzas: new WeakMap<Uint8Array, BinaryNode>(),
  onFrame: () => {},
  onLogin: () => {},
  onMessage: (stanza: BinaryNode) => device.receiving.arrived(stanza),
  onMessageAck: () => {},
  onReceipt: () => {},
  onAskedAgain: () => {},
  onReceiptAcknowledged: (id: string) => device.inbox.receiptAcknowledged(id),
  onDevicesChanged: () => {},
  onOwnDevicesChanged: () => {},
  onDevicesListed: () => {},
  onPreKeysOffered: () => undefined,
  onReadElsewhere: () => {},
  onBlocklist: () => {},
  onHappening: (stanza: BinaryNode) => void projectEvents(happeningsIn(stanza, device.reader), RECORD),
})

/** Changes or removes one attribute. On the wire, attributes are always texts. */
function mutateAttributes(random: SeededRandom, attrs: Record<string, string>): Record<string, string> {
  const name = random.pick(Object.keys(attrs))
  if (random.chance(0.2)) return Object.fromEntries(Object.entries(attrs).filter(([key]) => key !== name))
  return { ...attrs, [name]: mutateText(random, attrs[name] ?? '') }
}

/** Changes a node into another one that a frame can hold: tags and attributes are texts, content is nodes or bytes. */
function mutateNode(random: SeededRandom, node: BinaryNode): BinaryNode {
  const { tag, attrs, content } = node
  if (Array.isArray(content) && content.length > 0 && random.chance(0.5)) {
    const at = Math.floor(random.between(0, content.length))
    return { ...node, content: content.map((child, index) => (index === at ? mutateNode(random, child) : child)) }
  }
  if (Object.keys(attrs).length > 0 && random.chance(0.7)) return { ...node, attrs: mutateAttributes(random, attrs) }
  const mutated = mutateValue(random, content instanceof Uint8Array ? content : 'text')
  if (random.chance(0.3)) return { tag, attrs }
  return { tag, attrs, content: random.chance(0.3) ? [] : mutated instanceof Uint8Array ? mutated : Buffer.from(String(mutated)) }
}

export const WIRE: readonly Target[] = [frames, stanzas, plaintexts, deliveries, pasts]

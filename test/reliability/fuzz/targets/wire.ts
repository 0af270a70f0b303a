// As in the runner: before Baileys is loaded.
import '../../../../runner/src/whatsapp/baileys/patches/inflate-limit.ts'
import { EventEmitter } from 'node:events'
import { deflateSync } from 'node:zlib'
import { decodeBinaryNode, encodeBinaryNode, proto, type BinaryNode } from '@whiskeysockets/baileys'
import { SessionCipher } from '@holdfast/core/security/envelope'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { historyFile, partsOf } from '../../../../runner/src/whatsapp/baileys/receive/history-file.ts'
import { readStanza } from '../../../../runner/src/whatsapp/baileys/receive/received-stanza.ts'
import { watchStanzas } from '../../../../runner/src/whatsapp/baileys/stanza-events.ts'
import { Contact } from '../../../../runner/src/whatsapp/baileys/testing/contact.ts'
import { DeviceUnderTest } from '../../../../runner/src/whatsapp/baileys/testing/device-under-test.ts'
import { PhoneReader } from '../../../../runner/src/whatsapp/baileys/receive/history-reader.ts'
import { HistoryLost, type ReceivedMessage } from '../../../../runner/src/whatsapp/port.ts'
import { projectEvents } from '../../../../runner/src/session/events/projector.ts'
import { documentIdsOf } from '../../../../runner/src/session/inbox/message-documents.ts'
import { storedMessageOf } from '../../../../runner/src/session/inbox/stored-message.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { mutateBytes, mutateText, mutateValue, zlibBomb } from '../mutations.ts'
import { described, unlessRefused, type Target } from '../target.ts'
import { HISTORY, MESSAGES, matryoshka, padded, realStanzas } from './wire-samples.ts'

/** The events that Baileys makes of a stanza, as far as somebody of ours listens. */
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
  promise: 'a frame that cannot be read is an error of that frame; one that can is taken in, whatever it says',
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
        // Baileys' own codec: it throws errors of no kind of its own.
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
  promise: 'a message stanza is taken in before Baileys sees it, whatever it says, and what it makes can be written',
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
  promise: 'what was decrypted is a message, or it is none; it is stored with its document either way',
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

/** From the wire through the ratchets to the documents. Each stanza is encrypted anew: a ratchet turns once. */
const deliveries: Target = {
  name: 'deliveries',
  promise: 'whatever a contact encrypts ends as a message, as a row that is asked for again, or as an error that Baileys answers',
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
  promise: 'a part of the past is read, or it is lost for a reason that is known; it takes no more memory than it may',
  async open() {
    const device = new DeviceUnderTest()
    const reader = new PhoneReader({ reader: device.reader, learn: () => Promise.resolve() })
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

/** What the records of the device would write must be writable. */
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
  const about = { document, message: storedMessageOf(received), position: null, fromHistory: false }
  for (const { fields } of projectEvents([{ type: 'message.received', ...about }], RECORD)) assertTimes(fields)
}

/** Firestore takes the years 1 to 9999. */
function assertTimes(fields: Readonly<Record<string, unknown>>): void {
  for (const value of Object.values(fields)) {
    const isOdd = value instanceof Date && !(value.getUTCFullYear() >= 1 && value.getUTCFullYear() <= 9999)
    if (isOdd) throw new Error('A time is none that Firestore takes.')
  }
}

const listeners = (device: DeviceUnderTest) => ({
  stanzas: new WeakMap<Uint8Array, BinaryNode>(),
  onFrame: () => {},
  onLogin: () => {},
  onMessage: (stanza: BinaryNode) => device.receiving.arrived(stanza),
  onMessageAck: () => {},
  onReceipt: () => {},
  onReceiptAcknowledged: (id: string) => device.inbox.receiptAcknowledged(id),
  onDevicesChanged: () => {},
  onOwnDevicesChanged: () => {},
  onDevicesListed: () => {},
})

/** Attributes are always texts on the wire. */
function mutateAttributes(random: SeededRandom, attrs: Record<string, string>): Record<string, string> {
  const name = random.pick(Object.keys(attrs))
  if (random.chance(0.2)) return Object.fromEntries(Object.entries(attrs).filter(([key]) => key !== name))
  return { ...attrs, [name]: mutateText(random, attrs[name] ?? '') }
}

/** As a frame could bring it: tags and attributes are texts, content is nodes or bytes. */
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

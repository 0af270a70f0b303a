import type { EventEmitter } from 'node:events'
import { getAllBinaryNodeChildren, getBinaryNodeChild, type BinaryNode } from '@whiskeysockets/baileys'
import type { AskedAgain, ReceiptType } from '../port.ts'
import {
  listsInAnswer,
  tellsOfNewIdentity,
  tellsOfOwnDevices,
  usersWithChangedDevices,
  type ListedDevices,
} from './send/device-notices.ts'

/** The server's ack of a message of ours. */
export interface MessageAck {
  /** The server's code when it refused the message. */
  readonly error: string | null
  readonly chat: string | undefined
  /** The hash of the devices that the message is for, as the server knows them. */
  readonly devicesHash: string | undefined
}

export interface StanzaListeners {
  /** Gets the stanza of each ciphertext. The same buffer reaches the Signal repository. */
  readonly stanzas: WeakMap<Uint8Array, BinaryNode>
  /** Any frame: a stanza, or bytes of the handshake. */
  onFrame(frame: BinaryNode | Uint8Array): void
  /** Called before Baileys reacts to the login. */
  onLogin(stanza: BinaryNode): void
  /** Called before Baileys reacts to the message. */
  onMessage(stanza: BinaryNode): void
  onMessageAck(messageId: string, ack: MessageAck): void
  onReceipt(messageIds: readonly string[], type: ReceiptType, device: string): void
  onAskedAgain(asked: AskedAgain): void
  onReceiptAcknowledged(messageId: string): void
  /** The devices of these users have changed. */
  onDevicesChanged(jids: readonly string[]): void
  onOwnDevicesChanged(): void
  /** A stanza about a group, a call, or the presence of somebody, before Baileys answers it. */
  onHappening(stanza: BinaryNode): void
  /** Messages of the chat were read on the phone. */
  onReadElsewhere(chat: string): void
  /** The server has just told whom the account blocks. */
  onBlocklist(blocklist: readonly string[]): void
  /** The server has just listed the devices of these users. */
  onDevicesListed(lists: readonly ListedDevices[]): void
  /** The server has just said how many of our pre-keys it can still give to contacts. */
  onPreKeysOffered(count: number): void
  /** A listener failed on a stanza. A bad stanza may harm nothing but itself. */
  onBroken(error: unknown): void
}

const HAPPENINGS = ['CB:notification,type:w:gp2', 'CB:call', 'CB:presence', 'CB:chatstate'] as const

type Emitter = Pick<EventEmitter, 'on' | 'prependListener'>

/**
 * Listens to the raw stanzas. Baileys' own events come too late for us (after its receipts) or never (for a good ack). A listener
 * that must record a stanza before Baileys answers it is prepended to Baileys' own.
 */
export function watchStanzas(ws: Emitter, listeners: StanzaListeners): void {
  const guarded = (listen: (stanza: BinaryNode) => void) => (stanza: BinaryNode) => {
    try {
      listen(stanza)
    } catch (error) {
      listeners.onBroken(error)
    }
  }
  const guardedFrame = (frame: BinaryNode | Uint8Array) => {
    try {
      listeners.onFrame(frame)
    } catch (error) {
      listeners.onBroken(error)
    }
  }
  const first = (event: string, listen: (stanza: BinaryNode) => void) => ws.prependListener(event, guarded(listen))
  ws.on('frame', guardedFrame)
  first('CB:success', (stanza) => listeners.onLogin(stanza))
  first('CB:message', (stanza) => {
    for (const { tag, content } of Array.isArray(stanza.content) ? stanza.content : []) {
      if (tag === 'enc' && content instanceof Uint8Array) listeners.stanzas.set(content, stanza)
    }
    listeners.onMessage(stanza)
  })
  first('CB:ack,class:message', ({ attrs }) => {
    const { id, error = null, from: chat, phash: devicesHash } = attrs
    if (id !== undefined) listeners.onMessageAck(id, { error, chat, devicesHash })
  })
  first('CB:ack,class:receipt', ({ attrs }) => {
    if (attrs['id'] !== undefined) listeners.onReceiptAcknowledged(attrs['id'])
  })
  first('CB:receipt', (stanza) => {
    const { type, from = '', participant: device = from, recipient: chat = from } = stanza.attrs
    const meaning = receiptMeaning(type)
    if (meaning) listeners.onReceipt(receiptIds(stanza), meaning, device)
    else if (type === 'read-self') listeners.onReadElsewhere(chat)
    else if (type === 'retry') for (const messageId of receiptIds(stanza)) listeners.onAskedAgain({ messageId, chat, device })
  })
  first('CB:notification,type:devices', (stanza) => listeners.onDevicesChanged(usersWithChangedDevices(stanza)))
  first('CB:notification,type:encrypt', (stanza) => {
    if (tellsOfNewIdentity(stanza)) listeners.onDevicesChanged(usersWithChangedDevices(stanza))
  })
  first('CB:notification,type:account_sync', (stanza) => {
    if (tellsOfOwnDevices(stanza)) listeners.onOwnDevicesChanged()
  })
  for (const event of HAPPENINGS) first(event, (stanza) => listeners.onHappening(stanza))
  first('CB:iq,,list', (stanza) => {
    const blocklist = blocklistIn(stanza)
    if (blocklist) listeners.onBlocklist(blocklist)
  })
  const preKeysCounted = (stanza: BinaryNode): void => {
    const count = Number(getBinaryNodeChild(stanza, 'count')?.attrs['value'])
    if (stanza.attrs['from'] === 's.whatsapp.net' && Number.isInteger(count) && count >= 0) listeners.onPreKeysOffered(count)
  }
  first('CB:iq,,count', preKeysCounted)
  first('CB:notification,type:encrypt', preKeysCounted)
  first('CB:iq,,usync', (stanza) => listeners.onDevicesListed(listsInAnswer(stanza)))
}

/**
 * The people in an answer about whom the account blocks, which Baileys asks for at each login. Null for another answer, and for one that
 * only confirms a change.
 */
function blocklistIn(stanza: BinaryNode): string[] | null {
  const list = getBinaryNodeChild(stanza, 'list')
  if (!list || list.attrs['matched'] !== undefined) return null
  const children = getAllBinaryNodeChildren(list)
  if (children.some(({ tag, attrs }) => tag !== 'item' || attrs['jid'] === undefined)) return null
  return children.flatMap(({ attrs }) => attrs['jid'] ?? [])
}

/**
 * The meaning of a receipt. Null for `sender`, `retry`, `peer_msg` and the like: they do not say that a contact got a message.
 */
function receiptMeaning(type: string | undefined): ReceiptType | null {
  if (type === undefined || type === 'inactive' || type === 'delivery') return 'delivered'
  return type === 'read' || type === 'played' ? type : null
}

/** The ids of all messages that a receipt is for: its own id and those in its list. */
function receiptIds({ attrs, content }: BinaryNode): string[] {
  const list = Array.isArray(content) ? content[0]?.content : undefined
  const items = Array.isArray(list) ? list.filter(({ tag }) => tag === 'item') : []
  return [attrs['id'], ...items.map((item) => item.attrs['id'])].filter((id) => id !== undefined)
}

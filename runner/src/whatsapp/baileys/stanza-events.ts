import type { EventEmitter } from 'node:events'
import type { BinaryNode } from '@whiskeysockets/baileys'
import { tellsOfNewIdentity, tellsOfOwnDevices, usersInAnswer, usersWithChangedDevices } from './send/device-notices.ts'

/** The server's word on a message of ours. */
export interface MessageAck {
  /** Its code, when the message was refused. */
  readonly error: string | null
  readonly chat: string | undefined
  /** Of the devices that the message is for, as the server knows them. */
  readonly devicesHash: string | undefined
}

export interface StanzaListeners {
  /** Filled with the stanza of each ciphertext: the same buffer reaches the Signal repository. */
  readonly stanzas: WeakMap<Uint8Array, BinaryNode>
  onFrame(): void
  onLogin(): void
  /** A message, before Baileys reacts to it. */
  onMessage(stanza: BinaryNode): void
  onMessageAck(messageId: string, ack: MessageAck): void
  onReceipt(messageIds: readonly string[], type: 'delivered' | 'read'): void
  onReceiptAcknowledged(messageId: string): void
  /** These have other devices now. */
  onDevicesChanged(jids: readonly string[]): void
  onOwnDevicesChanged(): void
  /** The server has told the devices of these. */
  onDevicesTold(jids: readonly string[]): void
  /** What a stanza says could not be taken in. Nothing that the wire brings may end more than itself. */
  onBroken(error: unknown): void
}

type Emitter = Pick<EventEmitter, 'on' | 'prependListener'>

/**
 * Listens to the raw stanzas. Baileys' own events are too late for us (they come after its receipts) or never come (a good ack).
 * What must be recorded before Baileys answers a stanza is prepended to its own listener.
 */
export function watchStanzas(ws: Emitter, listeners: StanzaListeners): void {
  const guarded = (listen: (stanza: BinaryNode) => void) => (stanza: BinaryNode) => {
    try {
      listen(stanza)
    } catch (error) {
      listeners.onBroken(error)
    }
  }
  const first = (event: string, listen: (stanza: BinaryNode) => void) => ws.prependListener(event, guarded(listen))
  ws.on('frame', () => listeners.onFrame())
  ws.on('CB:success', () => listeners.onLogin())
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
    const type = receiptMeaning(stanza.attrs['type'])
    if (type) listeners.onReceipt(receiptIds(stanza), type)
  })
  first('CB:notification,type:devices', (stanza) => listeners.onDevicesChanged(usersWithChangedDevices(stanza)))
  first('CB:notification,type:encrypt', (stanza) => {
    if (tellsOfNewIdentity(stanza)) listeners.onDevicesChanged(usersWithChangedDevices(stanza))
  })
  first('CB:notification,type:account_sync', (stanza) => {
    if (tellsOfOwnDevices(stanza)) listeners.onOwnDevicesChanged()
  })
  first('CB:iq,,usync', (stanza) => listeners.onDevicesTold(usersInAnswer(stanza)))
}

/** `sender`, `retry`, `peer_msg` and the like say nothing about a contact having received or read something. */
function receiptMeaning(type: string | undefined): 'delivered' | 'read' | null {
  if (type === undefined || type === 'inactive' || type === 'delivery') return 'delivered'
  return type === 'read' || type === 'played' ? 'read' : null
}

/** A receipt may speak for several messages: its own id, and those in its list. */
function receiptIds({ attrs, content }: BinaryNode): string[] {
  const list = Array.isArray(content) ? content[0]?.content : undefined
  const items = Array.isArray(list) ? list.filter(({ tag }) => tag === 'item') : []
  return [attrs['id'], ...items.map((item) => item.attrs['id'])].filter((id) => id !== undefined)
}

import type { BinaryNode, WASocket } from '@whiskeysockets/baileys'

export interface StanzaListeners {
  /** Filled with the stanza of each ciphertext: the same buffer reaches the Signal repository. */
  readonly stanzas: WeakMap<Uint8Array, BinaryNode>
  onFrame(): void
  onLogin(): void
  onMessageAck(messageId: string, error: string | null): void
  onReceipt(messageIds: readonly string[], type: 'delivered' | 'read'): void
  onReceiptAcknowledged(messageId: string): void
}

/**
 * Listens to the raw stanzas. Baileys' own events are too late for us (they come after its receipts) or never come (a good ack).
 * What must be recorded before Baileys answers a stanza is prepended to its own listener.
 */
export function watchStanzas(socket: WASocket, listeners: StanzaListeners): void {
  const { ws } = socket
  ws.on('frame', () => listeners.onFrame())
  ws.on('CB:success', () => listeners.onLogin())
  ws.prependListener('CB:message', (stanza: BinaryNode) => {
    if (!Array.isArray(stanza.content)) return
    for (const { tag, content } of stanza.content) {
      if (tag === 'enc' && content instanceof Uint8Array) listeners.stanzas.set(content, stanza)
    }
  })
  ws.on('CB:ack,class:message', ({ attrs }: BinaryNode) => {
    if (attrs['id'] !== undefined) listeners.onMessageAck(attrs['id'], attrs['error'] ?? null)
  })
  ws.on('CB:ack,class:receipt', ({ attrs }: BinaryNode) => {
    if (attrs['id'] !== undefined) listeners.onReceiptAcknowledged(attrs['id'])
  })
  ws.prependListener('CB:receipt', (stanza: BinaryNode) => {
    const type = receiptMeaning(stanza.attrs['type'])
    if (type) listeners.onReceipt(receiptIds(stanza), type)
  })
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

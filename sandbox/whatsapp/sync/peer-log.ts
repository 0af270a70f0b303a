// A log of a phone's peer messages to one companion, and of the companion's confirmations.

export type PeerNotice = {
  id: string
  /** The name of the protocol message: `HISTORY_SYNC_NOTIFICATION`, `APP_STATE_SYNC_KEY_SHARE`. */
  kind: string
  /** The type of a history notification: `INITIAL_BOOTSTRAP`, `RECENT` and so on. */
  syncType?: string
  chunkOrder?: number
  progress?: number | undefined
  /** The place of its content on the media host; missing when the message carries it. */
  file?: string
  /** Ids of the app-state keys in it. */
  keyIds?: string[]
  /** Types of the receipts for it, in order: `peer_msg`, and `hist_sync` for history. */
  receipts: string[]
}

export class PeerLog {
  readonly notices: PeerNotice[] = []

  add(notice: Omit<PeerNotice, 'receipts'>): void {
    this.notices.push({ ...notice, receipts: [] })
  }

  find(id: string): PeerNotice | undefined {
    return this.notices.find((notice) => notice.id === id)
  }

  noteReceipt(id: string, type: string): void {
    this.find(id)?.receipts.push(type)
  }
}

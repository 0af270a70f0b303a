// What a phone told one of its companions behind the scenes, and what the companion has confirmed of it.

export type PeerNotice = {
  id: string
  /** The name of the protocol message: `HISTORY_SYNC_NOTIFICATION`, `APP_STATE_SYNC_KEY_SHARE`. */
  kind: string
  /** Of a history notification: `INITIAL_BOOTSTRAP`, `RECENT` and so on. */
  syncType?: string
  chunkOrder?: number
  progress?: number | undefined
  /** Where on the media host its content is; missing when it brought the content along. */
  file?: string
  /** Ids of the app-state keys in it. */
  keyIds?: string[]
  /** The types of the receipts that came for it, in order: `peer_msg`, and `hist_sync` for history. */
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

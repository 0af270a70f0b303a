/** What WhatsApp tells about chats, contacts and labels beside messages. JIDs; a missing field says nothing. */
export interface DirectoryNews {
  readonly chats?: readonly ChatNews[]
  readonly contacts?: readonly ContactNews[]
  readonly labels?: readonly LabelNews[]
  /** Everybody whom the account blocks. */
  readonly blocklist?: readonly string[]
}

export interface ChatNews {
  readonly id: string
  readonly name?: string
  readonly unread?: number
  /** How many messages were unread on the phone when the chat's last one was that of `atMs`. */
  readonly unreadThen?: { readonly count: number; readonly atMs: number }
  /** Where the phone had the chat, with its last message at `atMs`, when the device was linked. */
  readonly placeThen?: { readonly archived: boolean; readonly pinned: boolean; readonly atMs: number }
  readonly archived?: boolean
  readonly pinned?: boolean
  /** Of disappearing messages. Without `atMs` (ms) it is so now. */
  readonly timer?: { readonly seconds: number; readonly atMs?: number }
  readonly isGone?: boolean
}

export interface ContactNews {
  readonly id: string
  readonly lid?: string
  /** The name in the address book of the phone. */
  readonly name?: string
  /** The name that the person gives himself. */
  readonly pushName?: string
  readonly isBlocked?: boolean
}

/** A label, or with `chat` the fact that a chat has it. */
export type LabelNews =
  | { readonly label: string; readonly chat: string; readonly isGone: boolean }
  | { readonly label: string; readonly chat: null; readonly name: string; readonly color: number; readonly isGone: boolean }

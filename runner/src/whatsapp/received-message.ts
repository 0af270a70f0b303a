import type { ChangeKind } from '@holdfast/core/message/message-change'
import type { MessageFacts } from '@holdfast/core/message/message-facts'

/** A received and decrypted message. */
export interface ReceivedMessage {
  readonly messageId: string
  readonly chat: string
  readonly participant: string | null
  readonly fromMe: boolean
  readonly pushName: string | null
  readonly type: string
  readonly text: string | null
  /** The whole message, encoded. */
  readonly proto: Uint8Array
  readonly sentAtMs: number
  /** What it says beside its text. */
  readonly facts?: MessageFacts
  /** Set when it changes another message instead of being one. */
  readonly changes?: MessageChange
  /** The secret of a poll, with its options, or of an event. Votes and answers open with it. */
  readonly secret?: { readonly bytes: Uint8Array; readonly options?: readonly string[] } | undefined
  /** The other names of the chat and the participant. An earlier copy may be stored under them. */
  readonly alias?: { readonly chat: string; readonly participant: string | null }
}

/** The names by which a message is known. */
export type MessageAddress = Pick<ReceivedMessage, 'messageId' | 'chat' | 'participant' | 'alias'>

/** What a received message does to another one. */
export interface MessageChange {
  readonly kind: ChangeKind
  readonly target: MessageAddress & { readonly fromMe: boolean }
  /** JID of the person who changes it. */
  readonly by: string
  /** True when an administrator of the group revoked it. */
  readonly byAdmin?: boolean
}

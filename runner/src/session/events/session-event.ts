import type { MadeBackup } from '@holdfast/core/session/backup-document'
import type { RecordCounts } from '@holdfast/core/session/record-counts'
import type { JobDocument } from '@holdfast/core/message/job-document'
import type { UploadedMedia } from '@holdfast/core/message/uploaded-media'
import type { Ack } from '@holdfast/core/message/waha-message'
import type { ReceivedMediaDocument } from '@holdfast/core/message/received-media-document'
import type {
  CheckpointPointer,
  CrashRecord,
  LastDisconnect,
  PutAside,
  RecoveryMemory,
  SessionDocument,
} from '@holdfast/core/session/session-document'
import type { PacingFigures } from '@holdfast/core/session/pacing-figures'
import type { StatusAt } from '@holdfast/core/session/status-webhook'
import type { ReasonCode, SessionState } from '@holdfast/core/session/session-states'
import type { Happening } from '../../whatsapp/happening.ts'
import type { StoredMessage } from '../inbox/inbox-rows.ts'

/**
 * An event of a session, as pure data. An event is appended with a journal record (`Entry.events`) and does nothing by itself:
 * the projector turns it into document merges in the record's commit (see `projector.ts`).
 *
 * Three kinds of writes to documents are no events:
 * - the update that takes a session over (`claim.ts`): its precondition is the fence, so a
 * projection cannot make it. The facts of
 *   the claim about the journal are the event `session.claimed`;
 * - the report of a damaged journal by a runner that is not the owner (`claim.ts`): no record could carry an event;
 * - the steps of a recovery action (`actions/`): they are `Entry.writes`, since the action is the operator's document.
 */
export type SessionEvent =
  | SessionClaimed
  | SessionStatusChanged
  | SessionQrShown
  | SessionReleased
  | SessionCrashesCounted
  | SessionPaced
  | PhoneSeen
  | AccountRenamed
  | RecoveryRemembered
  | CheckpointWritten
  | DataKeyUsed
  | BackupMade
  | StatePutAside
  | StateRestored
  | MessageStatusChanged
  | MessageAcked
  | MessageReceived
  | MessageChanged
  | Happening
  | MediaChanged
  | MessageParked
  | MessageResolved

/** An owner's figures about its session at the time of an event. */
export interface SessionFigures {
  /** Since the session was created. */
  readonly counters: { readonly sent: number; readonly received: number }
  /** When the session lost its connection; null while it has one. */
  readonly downSince: Date | null
  /** When WhatsApp's server was last heard; null while this owner has not heard it. */
  readonly lastProofOfLifeAt: Date | null
  /** When the last message arrived; null while this owner has received none. */
  readonly lastInboundAt: Date | null
  /** When the phone was last known to be online; null while nobody knows. */
  readonly phoneSeenAt: Date | null
  /** What the next owner has to know of recoveries. */
  readonly recovery: RecoveryMemory | null
  /** How many Signal records the session has; null while its state is not in memory. */
  readonly records?: RecordCounts | null
  /** How the last connection ended; null while this owner has lost none. */
  readonly lastDisconnect: LastDisconnect | null
}

/** A runner took the session over. The claim itself is the record. */
interface SessionClaimed {
  readonly type: 'session.claimed'
  /** The place of the journal at the claim, for people. */
  readonly journalPlace: string
}

export interface SessionStatusChanged extends StatusTold {
  readonly type: 'session.status'
  readonly state: SessionState
  readonly reason: ReasonCode
  readonly details: StatusDetails
  readonly figures: SessionFigures
}

/** What is told of a change of the status that the API shows. */
export interface StatusTold {
  /** The last three, the present one at the end. Absent, or null: the API shows what it showed before. */
  readonly statuses?: readonly StatusAt[] | null
}

/** Details that belong to a state and end with it, except `me`. */
export interface StatusDetails {
  /** When the next connection is attempted. */
  readonly nextAttemptAt?: Date
  /** When a ban ends, as WhatsApp says. */
  readonly bannedUntil?: Date | null
  /** The account that is logged in. Stays after the state has ended. */
  readonly me?: LoggedInAccount | null
}

/** By its JIDs, with the name that others see. */
export interface LoggedInAccount {
  readonly id: string
  readonly lid: string | null
  readonly pushName?: string | null
}

/** The session waits for a phone to scan this code. */
export interface SessionQrShown extends StatusTold {
  readonly type: 'session.qr'
  /** Contains the pairing secret, so it leaves the process only sealed. */
  readonly qr: string
  readonly expiresAt: Date
  readonly figures: SessionFigures
}

/** The way of a session from one runner to another one; to any other one where `to` is null. */
export type Move = NonNullable<SessionDocument['movesTo']>

/** The owner released the session, which now has no owner. */
interface SessionReleased extends StatusTold {
  readonly type: 'session.released'
  /** Null when the document keeps the state that it shows. */
  readonly shown: { readonly state: SessionState; readonly reason: ReasonCode } | null
  /** Who is to take the session. Null: whoever has room. */
  readonly movesTo?: Move | null
  readonly figures: SessionFigures
}

/** The record of owners that died while they held the session has changed. */
interface SessionCrashesCounted {
  readonly type: 'session.crashes'
  readonly crashes: CrashRecord
}

/** The session sent a paced message, or WhatsApp announced a limit. */
interface SessionPaced {
  readonly type: 'session.paced'
  readonly pacing: PacingFigures
}

/** What the next owner has to know of recoveries has changed, without a change of state. */
interface RecoveryRemembered {
  readonly type: 'session.recovery'
  readonly recovery: RecoveryMemory | null
}

/** The phone was online. */
interface PhoneSeen {
  readonly type: 'session.phone-seen'
  readonly at: Date
}

/** The owner of the phone has given the account another name. */
interface AccountRenamed {
  readonly type: 'session.renamed'
  readonly me: LoggedInAccount
}

interface CheckpointWritten {
  readonly type: 'checkpoint.written'
  readonly checkpoint: CheckpointPointer
  readonly previousCheckpoint: CheckpointPointer | null
  readonly trimmedTo: number
}

/** The checkpoint of the same record is sealed with another data key than the one before, and so is everything after it. */
interface DataKeyUsed {
  readonly type: 'data-key.used'
  readonly version: number
}

/** The checkpoint of the same record was asked for, and is kept as a backup. */
export interface BackupMade {
  readonly type: 'backup.made'
  readonly backup: MadeBackup
}

/** Objects that are no longer part of the session's state are kept, and the session's document names them. */
interface StatePutAside {
  readonly type: 'state.put-aside'
  readonly aside: readonly PutAside[]
}

/** A damaged state was restored from its readable part, or a state returned to a backup. */
interface StateRestored {
  readonly type: 'state.restored'
  /** The checkpoint from which the state is read from now on. */
  readonly checkpoint: CheckpointPointer
  readonly aside: readonly PutAside[]
  /** The action that asked for it. Absent: nobody did. */
  readonly action?: string
}

type JobError = NonNullable<JobDocument['lastError']>

/**
 * processing  an attempt begins; its record is durable before the frame leaves
 * waiting     an attempt ended without an ack, and the next does not begin at once
 * refused     an attempt certainly failed; another one follows
 * uploaded    WhatsApp has the file of the message, which is not composed before this is durable
 * held        the job waits for its pace until a time
 * failed      no further attempt is made
 * sent        WhatsApp's server has the message
 * delivered, read  a contact's device sent the receipt
 */
export type MessageStatus =
  | {
      readonly status: 'processing'
      /** Counts from 1. */
      readonly attempt: number
      /** The error of the attempt before. */
      readonly lastError: JobError | null
      /** The message as it is sent, a protobuf. */
      readonly proto: Uint8Array
      /** The same message as chats show it, and the id of its document. Only the first attempt has it. */
      readonly stored?: { readonly document: string; readonly message: StoredMessage }
    }
  | { readonly status: 'waiting'; readonly lastError: JobError | null; readonly nextAttemptAt: Date | null }
  | { readonly status: 'refused'; readonly attempt: number; readonly error: JobError; readonly nextAttemptAt: Date | null }
  | { readonly status: 'uploaded'; readonly upload: UploadedMedia }
  | { readonly status: 'held'; readonly hold: NonNullable<JobDocument['hold']> }
  | { readonly status: 'failed'; readonly error: JobError }
  | { readonly status: 'sent' }
  | { readonly status: 'delivered' | 'read' }

/** The status of a message that this session sends has changed. */
export type MessageStatusChanged = MessageStatus & {
  readonly type: 'message.status'
  readonly job: string
  readonly messageId: string
  /** The JID of the chat. Absent where nobody is to be told. */
  readonly chat?: string
  readonly at: Date
}

/** A message of our own has come further than its job knows: one of the phone has no job, and no job knows that it was played. */
export interface MessageAcked {
  readonly type: 'message.acked'
  /** The id of its document. */
  readonly document: string
  readonly messageId: string
  /** The JID of the chat. */
  readonly chat: string
  readonly ack: Ack
  readonly at: Date
}

export interface MessageReceived {
  readonly type: 'message.received'
  /** The id of its document. */
  readonly document: string
  readonly message: StoredMessage
  /** The index among the messages of one entry, from 0; null for a message with a stanza of its own. */
  readonly position: number | null
  /** True for a past message that the phone sent as history. */
  readonly fromHistory: boolean
}

/** A message arrived that changes another one. Also our own, from the phone or from the API. */
export interface MessageChanged {
  readonly type:
    | 'message.edited'
    | 'message.revoked'
    | 'message.reaction'
    | 'poll.vote'
    | 'event.response'
    | 'message.pinned'
    | 'message.kept'
  /** The id of the document of the changed message, which may not have arrived. */
  readonly document: string
  /** The message that makes the change, and what it changes. */
  readonly message: StoredMessage & { readonly changes: NonNullable<StoredMessage['changes']> }
  readonly fromHistory: boolean
}

/** The owner has fetched the bytes of a message, failed to, or given them up. */
export interface MediaChanged {
  readonly type: 'media.changed'
  /** The id of the message's document. */
  readonly document: string
  readonly state: ReceivedMediaDocument['state']
  readonly attempts: number
  readonly nextAttemptAt?: Date
  readonly reason?: string
  readonly object?: string
  readonly mimetype?: string
  readonly filename?: string | null
  readonly bytes?: number
}

/** A delivered stanza cannot be read or stored, and is kept for a person to look at. */
export interface MessageParked {
  readonly type: 'message.parked'
  /** The id of its document. */
  readonly document: string
  readonly stanza: ParkedStanza
  /** Base64; null when it was too large to be kept, or was never decrypted. */
  readonly content: { readonly stanza: string | null; readonly plain: string | null }
}

interface ParkedStanza {
  readonly messageId: string
  readonly from: string
  readonly participant: string | null
  /** How it was encrypted, or `none`. */
  readonly kind: string
  readonly error: { readonly code: string; readonly message: string }
  readonly attempts: number
  /** In bytes. */
  readonly size: number
  readonly firstAt: Date
  readonly lastAt: Date
  readonly parkedAt: Date
}

/** A readable copy of a parked message arrived. */
interface MessageResolved {
  readonly type: 'message.resolved'
  /** The id of the parked stanza's document. */
  readonly document: string
  readonly at: Date
}

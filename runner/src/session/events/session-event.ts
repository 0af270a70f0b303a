import type { JobDocument } from '@holdfast/core/message/job-document'
import type { CheckpointPointer, CrashRecord, LastDisconnect, PutAside } from '@holdfast/core/session/session-document'
import type { ReasonCode, SessionState } from '@holdfast/core/session/session-states'
import type { StoredMessage } from '../inbox/inbox-rows.ts'

/**
 * Something that happened to a session, as pure data. An event is appended with a journal record (`Entry.events`) and does nothing by
 * itself: the projector turns it into document merges that ride on the record's commit (see `projector.ts`).
 *
 * Three kinds of writes to documents are no events:
 * - the update that takes a session over (`claim.ts`): its precondition is the fence, so a projection cannot make it. What the claim
 *   says of the journal is the event `session.claimed`;
 * - a damaged journal reported by a runner that owns nothing (`claim.ts`): there is no record that an event could ride on;
 * - the steps of a recovery action (`actions/`): they ride as `Entry.writes`, since the action is the operator's document.
 */
export type SessionEvent =
  | SessionClaimed
  | SessionStatusChanged
  | SessionQrShown
  | SessionReleased
  | SessionCrashesCounted
  | CheckpointWritten
  | StatePutAside
  | StateRestored
  | MessageStatusChanged
  | MessageReceived
  | MessageParked
  | MessageResolved

/** What an owner knows of its session at the moment of an event, and tells with it. */
export interface SessionFigures {
  /** Since the session was created. */
  readonly counters: { readonly sent: number; readonly received: number }
  /** When WhatsApp's server was last heard; null while this owner has not heard it. */
  readonly lastProofOfLifeAt: Date | null
  /** When the last message came; null while this owner has received none. */
  readonly lastInboundAt: Date | null
  /** How the last connection ended; null while this owner has lost none. */
  readonly lastDisconnect: LastDisconnect | null
}

/** A runner took the session over. Its record is the claim itself. */
interface SessionClaimed {
  readonly type: 'session.claimed'
  /** Where the claim found the journal, for people. */
  readonly journalPlace: string
}

interface SessionStatusChanged {
  readonly type: 'session.status'
  readonly state: SessionState
  readonly reason: ReasonCode
  readonly details: StatusDetails
  readonly figures: SessionFigures
}

/** What belongs to a state, and ends with it. */
export interface StatusDetails {
  /** When the next connection is attempted. */
  readonly nextAttemptAt?: Date
  /** When a ban ends, as WhatsApp says. */
  readonly bannedUntil?: Date | null
  /** The account that is logged in. Stays after the state has ended. */
  readonly me?: { readonly id: string; readonly lid: string | null } | null
}

/** The session waits for a phone to scan this code. */
interface SessionQrShown {
  readonly type: 'session.qr'
  /** Contains the pairing secret: it leaves the process sealed only. */
  readonly qr: string
  readonly expiresAt: Date
  readonly figures: SessionFigures
}

/** Nobody owns the session from now on. */
interface SessionReleased {
  readonly type: 'session.released'
  /** Null when the session goes on saying what it said before. */
  readonly shown: { readonly state: SessionState; readonly reason: ReasonCode } | null
  readonly figures: SessionFigures
}

/** What is known of owners that died over the session has changed. */
interface SessionCrashesCounted {
  readonly type: 'session.crashes'
  readonly crashes: CrashRecord
}

interface CheckpointWritten {
  readonly type: 'checkpoint.written'
  readonly checkpoint: CheckpointPointer
  readonly previousCheckpoint: CheckpointPointer | null
  readonly trimmedTo: number
}

/** Something of the session's past is kept under a name, and is no part of its state any more. */
interface StatePutAside {
  readonly type: 'state.put-aside'
  readonly aside: readonly PutAside[]
}

/** A damaged state was put together from what is left. */
interface StateRestored {
  readonly type: 'state.restored'
  /** Where the state is read from now on. */
  readonly checkpoint: CheckpointPointer
  readonly aside: readonly PutAside[]
}

type JobError = NonNullable<JobDocument['lastError']>

/**
 * processing  an attempt begins: its record precedes the frame
 * waiting     an attempt ended without an ack, and the next does not begin at once
 * refused     an attempt certainly failed; the next has a time
 * failed      no further attempt is made
 * sent        WhatsApp's server has the message
 * delivered, read  a contact's device said so
 */
export type MessageStatus =
  | {
      readonly status: 'processing'
      /** Counts from 1. */
      readonly attempt: number
      /** Of the attempt before it. */
      readonly lastError: JobError | null
      /** The message as it is sent, a protobuf. */
      readonly proto: Uint8Array
    }
  | { readonly status: 'waiting'; readonly lastError: JobError | null; readonly nextAttemptAt: Date | null }
  | { readonly status: 'refused'; readonly attempt: number; readonly error: JobError; readonly nextAttemptAt: Date | null }
  | { readonly status: 'failed'; readonly error: JobError }
  | { readonly status: 'sent' }
  | { readonly status: 'delivered' | 'read' }

/** What became of a message that this session sends. */
export type MessageStatusChanged = MessageStatus & {
  readonly type: 'message.status'
  readonly job: string
  readonly messageId: string
  readonly at: Date
}

export interface MessageReceived {
  readonly type: 'message.received'
  /** The id of its document. */
  readonly document: string
  readonly message: StoredMessage
  /** Where it stands among the messages of one entry, from 0; null for a message that came by itself. */
  readonly position: number | null
  /** The phone told of it when the device was linked: it was sent before. */
  readonly fromHistory: boolean
}

/** Something that WhatsApp delivered cannot be read or stored, and is kept for a person to look at. */
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

/** A message that had been parked came all the same, in another copy. */
interface MessageResolved {
  readonly type: 'message.resolved'
  /** The id of the document that it was parked in. */
  readonly document: string
  readonly at: Date
}

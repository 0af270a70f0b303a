import { HoldfastError, isDamage } from '../platform/errors.ts'
import type { SessionCipher } from '../security/envelope.ts'
import type { JobStatus } from './job-document.ts'
import {
  changeEntrySchema,
  changeOfField,
  isBySenderOrAdmin,
  isOfPerson,
  type ChangeContent,
  type ChangeKind,
} from './message-change.ts'
import { messageDocumentSchema, type MessageDocument } from './message-document.ts'
import type { ReceivedContent } from './content.ts'
import { isPseudonym, type MessageNames } from './message-names.ts'
import { pushNameOf } from './push-name.ts'
import { openChange, openReceivedContent } from './sealed-content.ts'
import { ackOfJob, type Ack, type OpenMessage } from './waha-message.ts'

/** A message's document, as a query returns it. */
interface Stored {
  readonly id: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** One readable change of a message. */
interface Change extends ChangeContent {
  readonly kind: ChangeKind
  readonly slot: string
  readonly by: string
  readonly atMs: number
  /** False for one of an earlier version, whose field has another name. */
  readonly isSealed: boolean
}

/** Reads a message's document. Null when it is damaged, or holds only changes of a message that has not arrived. */
export function messageDocumentOf({ fields }: Stored): MessageDocument | null {
  const parsed = messageDocumentSchema.safeParse(fields)
  return parsed.success ? parsed.data : null
}

/**
 * Returns what names a stored message: its content, its fields in documents of earlier versions, or a change, whose pseudonyms have taken the
 * place of those fields. Null when nothing does.
 */
export function namesOfStored(
  cipher: SessionCipher,
  stored: Stored,
  content: Pick<ReceivedContent, 'names'> | null,
): MessageNames | null {
  if (content?.names) return content.names
  const { messageId, chat, participant = null } = stored.fields
  if (typeof messageId !== 'string' || typeof chat !== 'string') return null
  if (participant !== null && typeof participant !== 'string') return null
  if (!isPseudonym(chat)) return { messageId, chat, participant }
  return changesOf(cipher, stored).find(({ of }) => of)?.of ?? null
}

/**
 * Reads what names a stored message, from its document or, where that has pseudonyms, from its content. Null when it is damaged, so that it
 * does not hide others.
 */
export function namesIn(cipher: SessionCipher, { id, fields }: Stored): (MessageNames & { readonly fromMe: boolean }) | null {
  const { chat, fromMe, content } = fields
  const isSealed = typeof chat === 'string' && isPseudonym(chat) && content instanceof Uint8Array
  try {
    const names = namesOfStored(cipher, { id, fields }, isSealed ? openReceivedContent(cipher, id, { content }) : null)
    return names && { ...names, fromMe: fromMe === true }
  } catch (error) {
    if (isDamage(error)) return null
    throw error
  }
}

/**
 * Opens a stored message with all that has changed it since.
 *
 * @param job the status of the job that sent it, where there is one
 * @throws HoldfastError `bad-document`, `cannot-decrypt`
 */
export function openMessage(cipher: SessionCipher, stored: Stored, job: JobStatus | null = null): OpenMessage {
  const document = messageDocumentOf(stored)
  if (!document) throw new HoldfastError('bad-document', `The message ${stored.id} has not the shape of a message.`)
  const content = openReceivedContent(cipher, stored.id, document)
  const { text, facts } = content
  const pushName = pushNameOf(document, content)
  const changes = changesOf(cipher, stored)
  const { fromMe, type, sentAt } = document
  const ack = ackOf(document, job)
  const mine = fromMe ? { ...(ack === null ? {} : { ack }), isFromApi: document.job !== undefined } : {}
  const names = namesOfStored(cipher, stored, content)
  if (!names) throw new HoldfastError('bad-document', `Nothing names the message ${stored.id}.`)
  const told = { ...names, fromMe, pushName, type, sentAtMs: sentAt.getTime(), text, facts }
  return { ...told, ...mine, ...stateOf(changes, fromMe) }
}

/** The document knows more than the job where the phone sent the message, and of a voice message that was played. */
function ackOf({ ack }: MessageDocument, job: JobStatus | null): Ack | null {
  const known = [...(job === null ? [] : [ackOfJob(job)]), ...(ack === undefined ? [] : [ack as Ack])]
  return known.length === 0 ? null : (Math.max(...known) as Ack)
}

/** A change that does not open is left out: it must not hide its message. */
function changesOf(cipher: SessionCipher, { id, fields }: Stored): Change[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const field = changeOfField(name)
    const entry = field && changeEntrySchema.safeParse(value)
    if (!field || !entry?.success) return []
    try {
      const { at, by, content } = entry.data
      const change = openChange(cipher, id, name, content)
      return [{ ...change, ...field, by: change.by ?? by, atMs: at.getTime(), isSealed: isPseudonym(by) }]
    } catch {
      return []
    }
  })
}

/** A person who reacts anew has two fields when an earlier version wrote the first one. */
const takesThePlaceOf = (other: Change, change: Change): boolean =>
  isOfPerson(change.kind) &&
  other.isSealed &&
  !change.isSealed &&
  other.kind === change.kind &&
  other.by === change.by &&
  other.atMs >= change.atMs

function stateOf(changes: readonly Change[], fromMe: boolean): Partial<OpenMessage> {
  const of = (kind: ChangeKind): Change[] =>
    changes.filter((change) => change.kind === kind && !changes.some((other) => takesThePlaceOf(other, change)))
  const valid = (kind: ChangeKind): Change | undefined => of(kind).find(({ slot }) => isBySenderOrAdmin(slot, fromMe))
  const [edited, revoked, [pin], [keep]] = [valid('edited'), valid('revoked'), of('pin'), of('keep')]
  return {
    ...(edited ? { edited } : {}),
    ...(revoked ? { revoked } : {}),
    reactions: of('reaction').flatMap(({ by, text, atMs }) => (text ? [{ by, text, atMs }] : [])),
    votes: of('vote').flatMap(({ by, facts, atMs }) => (facts?.vote?.length ? [{ by, options: facts.vote, atMs }] : [])),
    responses: of('response').flatMap(({ by, facts, atMs }) => (facts?.response ? [{ by, ...facts.response, atMs }] : [])),
    ...(keep?.facts?.kept ? { isKept: true } : {}),
    ...(pin?.facts?.pinnedFor ? { pinnedUntilMs: pin.atMs + 1000 * pin.facts.pinnedFor } : {}),
  }
}

import { HoldfastError } from '../platform/errors.ts'
import type { SessionCipher } from '../security/envelope.ts'
import type { JobStatus } from './job-document.ts'
import { changeEntrySchema, changeOfField, isBySenderOrAdmin, type ChangeContent, type ChangeKind } from './message-change.ts'
import { messageDocumentSchema, type MessageDocument } from './message-document.ts'
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
}

/** Reads a message's document. Null when it is damaged, or holds only changes of a message that has not arrived. */
export function messageDocumentOf({ fields }: Stored): MessageDocument | null {
  const parsed = messageDocumentSchema.safeParse(fields)
  return parsed.success ? parsed.data : null
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
  const { messageId, chat, participant, fromMe, type, sentAt } = document
  const ack = ackOf(document, job)
  const mine = fromMe ? { ...(ack === null ? {} : { ack }), isFromApi: document.job !== undefined } : {}
  const told = { messageId, chat, participant, fromMe, pushName, type, sentAtMs: sentAt.getTime(), text, facts }
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
      return [{ ...openChange(cipher, id, name, content), ...field, by, atMs: at.getTime() }]
    } catch {
      return []
    }
  })
}

function stateOf(changes: readonly Change[], fromMe: boolean): Partial<OpenMessage> {
  const of = (kind: ChangeKind): Change[] => changes.filter((change) => change.kind === kind)
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

import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { writeUnlessChanged } from '@holdfast/core/platform/unless-changed'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { bodyPlace, type Delivery, deliverySchema } from '@holdfast/core/session/webhook-delivery-document'
import type { Dependencies } from '../dependencies.ts'
import { endedAt } from '../webhooks/attempt.ts'

const PROBLEM = { code: 'erased', message: 'The data of the contact was erased before the end point took the event.' }

/**
 * Takes the content out of a delivery that tells of a person, and ends it: it does not go out any more. What was delivered has none.
 *
 * @param names the ids of the person as webhooks write them
 * @returns `changed` when somebody has just changed it
 */
export async function eraseDelivery(
  { documents, clock }: Pick<Dependencies, 'documents' | 'clock'>,
  cipher: SessionCipher,
  { snapshot, names }: { readonly snapshot: DocumentSnapshot; readonly names: ReadonlySet<string> },
): Promise<'erased' | 'of-others' | 'changed' | 'unreadable'> {
  const delivery = parseUnlessDamaged(deliverySchema, snapshot)
  if (isHoldfastError(delivery)) return 'unreadable'
  if (delivery.body === null) return 'of-others'
  const payload = payloadOf(cipher, snapshot.id, delivery)
  if (payload === undefined) return 'unreadable'
  if (!tellsOf(payload, names)) return 'of-others'
  const fields = { status: 'dead', body: null, problem: PROBLEM, ...endedAt(clock.now(), 'dead') }
  return (await writeUnlessChanged(documents, snapshot.path, snapshot, fields)) ? 'erased' : 'changed'
}

/** Undefined when it cannot be read. */
function payloadOf(cipher: SessionCipher, id: string, { body, isSealed }: Delivery): unknown {
  try {
    const bytes = body ?? Buffer.alloc(0)
    const opened = isSealed ? cipher.openContent(bytes, bodyPlace(id)) : Buffer.from(bytes)
    return (JSON.parse(opened.toString('utf8')) as { payload?: unknown }).payload ?? null
  } catch {
    return undefined
  }
}

/** The fields in which webhooks name whom an event is of. */
const PERSONS = ['from', 'to', 'participant', 'id'] as const

/** Pure. Whether an event is of a person or of its chat. Lists, as of the members of a group, do not count. */
export function tellsOf(payload: unknown, names: ReadonlySet<string>): boolean {
  if (!isObject(payload)) return false
  return [payload, ...Object.values(payload).filter(isObject)].some((part) =>
    PERSONS.some((field) => typeof part[field] === 'string' && names.has(part[field])),
  )
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

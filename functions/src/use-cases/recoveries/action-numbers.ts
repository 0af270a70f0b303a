import { RECOVERY_ACTION_TYPES, RECOVERY_ACTIONS } from '@holdfast/core/operations/recovery-action-document'
import type { DocumentStore } from '@holdfast/core/platform/ports'

type Documents = Pick<DocumentStore, 'query'>

/** What an action concerns and its type, and its number. Owners and the sweep name their own by the time of the loss. */
const NUMBERED = new RegExp(`^(.+-(?:${RECOVERY_ACTION_TYPES.join('|')}))-(\\d{6})$`)

/** The id of an action with a number among those of its kind. `kind` is what it concerns and its type. */
export const numberedId = (kind: string, number: number): string => `${kind}-${String(number).padStart(6, '0')}`

/** The highest number of the kind; 0 without one. Old actions are removed, so that their number is no count. */
export async function lastNumber(documents: Documents, kind: string): Promise<number> {
  const found = await documents.query({
    collection: RECOVERY_ACTIONS,
    orderBy: ['id', 'asc'],
    startAfter: `${kind}-`,
    // After every digit.
    endAt: `${kind}-:`,
    select: [],
  })
  return Math.max(0, ...found.map(({ id }) => numberIn(id)).flatMap((one) => (one?.kind === kind ? [one.number] : [])))
}

/** The kind of an action and its number. Null for one without a number. */
export function numberIn(id: string): { readonly kind: string; readonly number: number } | null {
  const [, kind, number] = NUMBERED.exec(id) ?? []
  return kind === undefined ? null : { kind, number: Number(number) }
}

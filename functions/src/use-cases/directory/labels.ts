import type { LabelEntry } from '@holdfast/core/message/directory-document'
import { LABEL_COLORS, labelAnswer } from '@holdfast/core/message/label-colors'
import type { Principal } from '../../app/principal.ts'
import { askOwner, type AskingOwners } from '../ask-owner.ts'
import { Refusal } from '../refusal.ts'
import { CONVERSATIONS, jidOf } from './named-chats.ts'
import { chatAnswer, type Needed, readChats, readLabels } from './stored-directory.ts'

interface Label {
  readonly id: string
  readonly name: string
  /** WhatsApp's number. */
  readonly color: number
}

const labelsIn = (entries: readonly LabelEntry[]): Label[] =>
  entries
    .flatMap(({ label: id, chat, name, color }) => (chat === null ? [{ id, name: name ?? '', color }] : []))
    .toSorted((one, other) => Number(one.id) - Number(other.id))

export async function listLabels(dependencies: Needed, principal: Principal, session: string) {
  return labelsIn(await readLabels(dependencies, principal, session)).map(labelAnswer)
}

export async function labelsOfChat(
  dependencies: Needed,
  principal: Principal,
  { session, chat }: { readonly session: string; readonly chat: string },
) {
  const jid = jidOf(chat, CONVERSATIONS)
  const entries = await readLabels(dependencies, principal, session)
  const had = new Set(entries.flatMap((entry) => (entry.chat === jid ? entry.label : [])))
  return labelsIn(entries)
    .filter(({ id }) => had.has(id))
    .map(labelAnswer)
}

/**
 * Lists the chats that have a label, the one with the newest message first. A chat without a message has no name.
 *
 * @throws Refusal `unknown-there`
 */
export async function chatsOfLabel(
  dependencies: Needed,
  principal: Principal,
  { session, label }: { readonly session: string; readonly label: string },
) {
  const [entries, chats] = await Promise.all([
    readLabels(dependencies, principal, session),
    readChats(dependencies, principal, session),
  ])
  if (!entries.some(({ id }) => id === label)) throw unknownLabel()
  const labeled = new Set(entries.flatMap((entry) => (entry.label === label ? (entry.chat ?? []) : [])))
  const known = chats.entries.filter(({ id }) => labeled.has(id))
  for (const { id } of known) labeled.delete(id)
  const nothing = { name: null, pushName: null, at: 0, unread: 0, archived: false, pinned: false, isGone: false }
  return [...known, ...[...labeled].map((id) => ({ id, ...nothing }))].map(chatAnswer)
}

const unknownLabel = (): Refusal => new Refusal('unknown-there', 'The account has no label with this id.')

/** What a caller says about the look of a label. */
export interface LabelLook {
  readonly name: string
  readonly color?: number | null | undefined
  readonly colorHex?: string | null | undefined
}

/**
 * Makes a label, or changes one.
 *
 * @throws Refusal `not-possible` for a colour that WhatsApp has not
 */
export async function putLabel(
  dependencies: AskingOwners,
  principal: Principal,
  { session, label, look }: { readonly session: string; readonly label: string | null; readonly look: LabelLook },
) {
  const { name } = look
  const color = colorOf(look)
  const args = { id: label, name, color, isGone: false }
  const { id } = await askOwner(dependencies, principal, { session, kind: 'put-label', args })
  return labelAnswer({ id, name, color })
}

function colorOf({ color, colorHex }: LabelLook): number {
  if (!colorHex) return color ?? 0
  const found = LABEL_COLORS.findIndex((one) => one === colorHex.toLowerCase())
  if (found === -1) {
    throw new Refusal('not-possible', `WhatsApp has no label of this colour. It has ${LABEL_COLORS.join(', ')}.`)
  }
  return found
}

/** Removes a label, also from the chats that have it. */
export async function deleteLabel(
  dependencies: AskingOwners,
  principal: Principal,
  { session, label }: { readonly session: string; readonly label: string },
): Promise<void> {
  const known = (await readLabels(dependencies, principal, session)).find(({ id }) => id === label)
  const { name, color } = known ?? { name: null, color: 0 }
  const args = { id: label, name: name ?? '', color, isGone: true }
  await askOwner(dependencies, principal, { session, kind: 'put-label', args })
}

/** Gives a chat these labels and no others. */
export async function setLabels(
  dependencies: AskingOwners,
  principal: Principal,
  { session, chat, labels }: { readonly session: string; readonly chat: string; readonly labels: readonly string[] },
): Promise<void> {
  const args = { chat: jidOf(chat, CONVERSATIONS), labels: [...new Set(labels)], former: [] }
  await askOwner(dependencies, principal, { session, kind: 'label-chat', args })
}

// What a phone makes of a client's changes of labels. It would ignore a wrong one without a word.
import type { Collection } from './collection.ts'
import type { Mutation } from './mutations.ts'

const COLORS = 20
const VERSION = 3

/** Returns what is wrong with a collection's changes of labels, beside what it had before. */
export const labelProblems = (
  { name: collection, entries }: Pick<Collection, 'name' | 'entries'>,
  before: readonly Mutation[],
): string[] => {
  const changed = entries.filter((entry) => !before.includes(entry))
  const labels = new Set(entries.filter(isLabel).map(({ index }) => index[1]))
  const kept = new Set(entries.map(nameOf))
  const removed = before.filter((mutation) => isOfLabels(mutation) && !kept.has(nameOf(mutation)))
  return [
    ...changed.flatMap((mutation) => problemOf(mutation, collection, labels) ?? []),
    // A label that is deleted, and one that is taken from a chat, stay as a value that says so.
    ...removed.map(({ index: [action, label] }) => `${action} ${label} is removed`),
  ]
}

const nameOf = ({ index }: Mutation): string => JSON.stringify(index)

const isOfLabels = ({ index: [action = ''] }: Pick<Mutation, 'index'>): boolean => action.startsWith('label_')

const isLabel = ({ index: [action], value }: Mutation): boolean => action === 'label_edit' && !value.labelEditAction?.deleted

const problemOf = ({ index, value, version }: Mutation, collection: string, labels: ReadonlySet<string | undefined>) => {
  const [action = '', label = '', chat = ''] = index
  if (!isOfLabels({ index })) return undefined
  const told = `${action} ${label}`
  if (collection !== 'regular' || version !== VERSION) return `${told} is in ${collection}, in version ${version}`
  if (!/^\d+$/.test(label)) return `${told} names no label`
  if (action === 'label_edit') {
    const { name, color, deleted } = value.labelEditAction ?? {}
    if (deleted === true) return undefined
    const isColor = typeof color === 'number' && color >= 0 && color < COLORS
    return name && isColor ? undefined : `${told} has no name or no colour`
  }
  if (typeof value.labelAssociationAction?.labeled !== 'boolean') return `${told} says nothing about the label`
  if (!/^[\d-]+@(?:s\.whatsapp\.net|lid|g\.us)$/.test(chat)) return `${told} names no chat`
  return labels.has(label) || !value.labelAssociationAction.labeled ? undefined : `${told} is of a label that nobody made`
}

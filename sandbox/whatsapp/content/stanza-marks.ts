// What the server has to see of a message that it cannot read: the stanza says what kind of message it carries.
import { getBinaryNodeChild, getBinaryNodeChildren } from '@whiskeysockets/baileys'
import type { Stanza } from '../stanzas.ts'

/** What a stanza says of its message. */
export type StanzaMarks = { type: string; edit: string | undefined; meta: Readonly<Record<string, string>>; hasList: boolean }

export const marksOf = (stanza: Stanza): StanzaMarks => ({
  type: stanza.attrs.type ?? '',
  edit: stanza.attrs.edit,
  meta: getBinaryNodeChild(stanza, 'meta')?.attrs ?? {},
  hasList: getBinaryNodeChild(getBinaryNodeChild(stanza, 'biz'), 'list') !== undefined,
})

/** A copy for one device that asked for it again comes without the marks, also from real clients. */
export const isCopyOnRequest = (stanza: Stanza): boolean =>
  getBinaryNodeChildren(stanza, 'enc').some(({ attrs }) => attrs.count !== undefined)

type Mark = (marks: StanzaMarks) => boolean

const EDITS: Readonly<Record<string, readonly string[]>> = { edit: ['1'], pin: ['2'], unpin: ['2'], delete: ['7', '8'] }

const MARKS: Readonly<Record<string, Mark>> = {
  reaction: ({ type }) => type === 'reaction',
  poll: ({ type, meta }) => type === 'poll' && meta.polltype === 'creation',
  'poll-vote': ({ type, meta }) => type === 'poll' && meta.polltype === 'vote',
  event: ({ type, meta }) => type === 'event' && meta.event_type === 'creation',
  list: ({ hasList }) => hasList,
}

/** Why the stanza does not fit the message that it carries. Undefined when it does. */
export const misfit = (kind: string, marks: StanzaMarks): string | undefined => {
  const { edit } = marks
  if (edit === undefined ? EDITS[kind] : !EDITS[kind]?.includes(edit)) return `${kind} in a stanza with edit=${edit ?? 'none'}`
  return MARKS[kind]?.(marks) === false ? `${kind} in a stanza that says something else` : undefined
}

import { lineOf, type Programs } from '../resources/command.ts'
import type { Change } from '../resources/resource.ts'

const SIGNS = { create: '+', update: '~', remove: '-', refused: '!' } as const
const LONGEST = 160

/** `+ bucket my-project-holdfast-sessions` */
export function headline({ kind, resource }: Change): string {
  const note = kind === 'refused' ? ': Google never changes this once it is there' : warningOf(kind, resource.warning)
  return `${SIGNS[kind]} ${resource.id}${note}`
}

const warningOf = (kind: Change['kind'], warning: string | undefined): string =>
  (kind === 'update' || kind === 'remove') && warning !== undefined ? ` (${warning})` : ''

/** One line for each field that differs. */
export const fieldLines = ({ different }: Change): readonly string[] =>
  different.map(({ path, have, want }) => `    ${path || 'all of it'}: ${shown(have)} -> ${shown(want)}`)

/** One line for each command, ready to be pasted. */
export const commandLines = ({ commands }: Change, programs: Programs): readonly string[] =>
  commands.map((command) => `    $ ${lineOf(command, programs)}`)

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

import { lineOf, type Programs } from '../resources/command.ts'
import type { Difference } from '../resources/differences.ts'
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

/** One line for each field and each variable that differs. */
export const fieldLines = ({ different }: Change): readonly string[] => [
  ...different
    .filter(({ variable }) => variable === undefined)
    .map(({ path, have, want }) => `    ${path || 'all of it'}: ${shown(have)} -> ${shown(want)}`),
  ...variableLines(different),
]

/** Functions have the same variables, so that each change is told once, with the names of those that have it. */
function variableLines(different: readonly Difference[]): readonly string[] {
  const changes = Map.groupBy(different, variableLine)
  return [...changes].flatMap(([line, of]) => {
    if (line === null) return []
    const owners = of.flatMap(({ path }) => /^(\w+)\.serviceConfig\./.exec(path)?.[1] ?? [])
    return [owners.length === 0 ? line : `${line} (${owners.join(', ')})`]
  })
}

/** `    ~ TIME_ZONE: "UTC" -> "America/Sao_Paulo"`. Null for a field that is no variable. */
function variableLine({ variable, have, want }: Difference): string | null {
  if (variable === undefined) return null
  if (have === undefined) return `    + ${variable}`
  return want === undefined ? `    - ${variable}` : `    ~ ${variable}: ${shown(have)} -> ${shown(want)}`
}

/** One line for each command, ready to be pasted. */
export const commandLines = ({ commands }: Change, programs: Programs): readonly string[] =>
  commands.map((command) => `    $ ${lineOf(command, programs)}`)

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

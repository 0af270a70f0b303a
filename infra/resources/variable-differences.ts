import { FILE_VARIABLES } from '../environment/variables.ts'
import { at, type Fields, isFields, textAt } from './fields.ts'

/** The variables of a process, as containers and functions have them. */
interface Values {
  /** False: Google adds variables of its own, so that of those which nobody wants only ours count. */
  readonly isWhole: boolean
  readonly byName: ReadonlyMap<string, unknown>
}

export interface VariableDifference {
  readonly variable: string
  readonly have: unknown
  readonly want: unknown
}

/** Returns the variables of a process if this is a field with them. Null for another field. */
export function valuesIn(value: unknown, path: string): Values | null {
  const field = path.slice(path.lastIndexOf('.') + 1)
  if (field === 'env' && (value === undefined || Array.isArray(value))) {
    const entries = ((value ?? []) as readonly unknown[]).filter(isFields)
    return { isWhole: true, byName: new Map(entries.map((entry) => [textAt(entry, 'name') ?? '', valueOf(entry)])) }
  }
  if (field === 'environmentVariables' && (value === undefined || isFields(value))) {
    return { isWhole: false, byName: new Map(Object.entries(value ?? {})) }
  }
  return null
}

/** Containers have values, and versions of secrets. */
function valueOf(entry: Fields): unknown {
  const secret = at(entry, 'valueFrom', 'secretKeyRef')
  if (secret === undefined) return entry['value'] ?? ''
  return new SecretVersion(`secret ${textAt(secret, 'name')}, version ${textAt(secret, 'key')}`)
}

class SecretVersion {
  readonly said: string

  constructor(said: string) {
    this.said = said
  }
}

/** Compares by name, whatever the order. A variable that is no longer wanted is a difference, too. */
export function variableDifferences(wanted: Values, present: Values): readonly VariableDifference[] {
  const extra = [...present.byName.keys()].filter((name) => !wanted.byName.has(name))
  const unwanted = wanted.isWhole ? extra : extra.filter((name) => FILE_VARIABLES.includes(name))
  return [...wanted.byName.keys(), ...unwanted].flatMap((variable) => {
    const [want, have] = [wanted.byName.get(variable), present.byName.get(variable)].map((value) => shown(value))
    // A value in place of a secret is none that may be shown.
    const isSecret = wanted.byName.get(variable) instanceof SecretVersion
    if (want === have) return []
    return [{ variable, want, have: isSecret || want === undefined ? hidden(present.byName.get(variable)) : have }]
  })
}

const shown = (value: unknown): unknown => (value instanceof SecretVersion ? value.said : value)

/** What somebody set by hand may be a secret. */
const hidden = (value: unknown): unknown => (value === undefined || value instanceof SecretVersion ? shown(value) : 'a value')

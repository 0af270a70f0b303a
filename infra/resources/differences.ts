import { isDeepStrictEqual } from 'node:util'
import { isFields } from './fields.ts'
import { valuesIn, type VariableDifference, variableDifferences } from './variable-differences.ts'

export interface Difference {
  /** The field, e.g. `spec.template.spec.containers[0].image`. */
  readonly path: string
  readonly have: unknown
  readonly want: unknown
  /** The name of a variable of a process, where it is one. `have` and `want` then never are a secret. */
  readonly variable?: string
}

/** Returns where something differs from what is wanted. Only wanted fields count, because Google adds many of its own. */
export function differences(want: unknown, have: unknown, path = ''): readonly Difference[] {
  if (want === undefined) return []
  const [wanted, present] = [valuesIn(want, path), valuesIn(have, path)]
  if (wanted && present) return variableDifferences(wanted, present).map((one) => at(path, one))
  if (isFields(want) && isFields(have)) {
    return Object.entries(want).flatMap(([name, value]) => differences(value, have[name], path === '' ? name : `${path}.${name}`))
  }
  if (Array.isArray(want) && Array.isArray(have) && want.length === have.length) {
    return want.flatMap((value, index) => differences(value, have[index], `${path}[${index}]`))
  }
  return isDeepStrictEqual(want, have) || isLeftOut(want, have) ? [] : [{ path, have, want }]
}

const at = (path: string, { variable, have, want }: VariableDifference): Difference => ({
  path: `${path}.${variable}`,
  have,
  want,
  variable,
})

/** Google leaves out what is false, zero, empty or not set. */
const isLeftOut = (want: unknown, have: unknown): boolean =>
  have === undefined && (want === false || want === 0 || want === '' || (Array.isArray(want) && want.length === 0))

/** Where the replacement of the operator's key stands. All of it is read from the secret, so that a run that was cut short goes on. */
export interface Standing {
  /** The newest version that may be read. */
  readonly newest: string
  /** Older versions that may be read, too. */
  readonly older: readonly string[]
  /** The keys of the newest version, of which the API accepts each. The first one is the newest. */
  readonly keys: readonly string[]
}

export type Step =
  /** A version with a new key before the present one is to be added. */
  | { readonly kind: 'begin' }
  /** The new key is there. Whoever was cut short deploys it. */
  | { readonly kind: 'go on' }
  /** A version with the first key alone is to be added. */
  | { readonly kind: 'finish'; readonly keep: string }
  /** The old key is out. Older versions are still to be disabled. */
  | { readonly kind: 'tidy' }
  | { readonly kind: 'nothing' }

/** Pure: decides what comes next. */
export function nextStep({ keys, older }: Standing, { finish }: { readonly finish: boolean }): Step {
  const [first, ...others] = keys
  if (!finish) return { kind: others.length > 0 ? 'go on' : 'begin' }
  if (first !== undefined && others.length > 0) return { kind: 'finish', keep: first }
  return { kind: older.length > 0 ? 'tidy' : 'nothing' }
}

/** The API takes the keys of its secret apart in the same way. */
export const keysIn = (value: string): readonly string[] =>
  value
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '')

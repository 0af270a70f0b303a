/** A setting with one value. Lists and what has a form of its own are set by the API. */
export interface Field {
  /** `pacing.dailyLimit` */
  readonly path: string
  readonly kind: 'number' | 'boolean' | 'text'
  /** What the tenant has set, as a text. Null: nothing. */
  readonly own: string | null
  /** What holds now. */
  readonly inForce: string
}

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** All settings of one value, with those of the tenant beside them. A limit that is null is a number without an end. */
export function fieldsOf(inForce: unknown, own: unknown, above = ''): Field[] {
  if (!isTree(inForce)) return []
  const owned = isTree(own) ? own : {}
  return Object.entries(inForce).flatMap(([name, value]) => {
    const path = above === '' ? name : `${above}.${name}`
    if (isTree(value)) return fieldsOf(value, owned[name], path)
    const kind = kindOf(path, value)
    if (kind === null) return []
    return [{ path, kind, own: textOf(owned[name]), inForce: textOf(value) ?? '–' }]
  })
}

/** The settings by the first part of their paths, those without one first: `pacing`, `quotas`. */
export function groupsOf(fields: readonly Field[]): [string, Field[]][] {
  const groups = new Map<string, Field[]>([['', []]])
  for (const field of fields) {
    const name = field.path.includes('.') ? (field.path.split('.')[0] ?? '') : ''
    groups.set(name, [...(groups.get(name) ?? []), field])
  }
  return [...groups].filter(([, ofGroup]) => ofGroup.length > 0)
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : null

function kindOf(path: string, value: unknown): Field['kind'] | null {
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'string') return 'text'
  if (value !== null) return null
  return path.startsWith('quotas.') ? 'number' : path === 'kmsKey' ? 'text' : null
}

/** The part of a PATCH that the texts ask for. An empty text removes the tenant's value. */
export function changeOf(fields: readonly Field[], texts: Readonly<Record<string, string>>): Record<string, unknown> {
  const change: Record<string, unknown> = {}
  for (const { path, kind } of fields) {
    const text = texts[path]?.trim()
    if (text === undefined) continue
    const names = path.split('.')
    const last = names.pop() ?? ''
    let tree = change
    for (const name of names) tree = (tree[name] ??= {}) as Record<string, unknown>
    tree[last] = text === '' ? null : valueOf(kind, text)
  }
  return change
}

/** A text that is no number goes to the API as it is, which refuses it: NaN would become null there, and remove the limit. */
function valueOf(kind: Field['kind'], text: string): unknown {
  if (kind === 'number') return /^-?\d{1,15}$/.test(text) ? Number(text) : text
  return kind === 'boolean' ? text === 'true' : text
}

import { computed, signal } from '@preact/signals'

/** Where the page is: `#/sessions/main?tab=backups`. What is behind the hash never reaches a server or its log. */
export interface Route {
  readonly parts: readonly string[]
  readonly query: URLSearchParams
}

const hash = signal(location.hash)

addEventListener('hashchange', () => {
  hash.value = location.hash
})

export const route = computed((): Route => routeOf(hash.value))

function routeOf(text: string): Route {
  const [path = '', query = ''] = text.replace(/^#\/?/, '').split('?')
  return { parts: path.split('/').filter(Boolean).map(decoded), query: new URLSearchParams(query) }
}

/** The address of a place, for a link. */
export function to(parts: readonly string[], query: Readonly<Record<string, string | null>> = {}): string {
  const kept = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== '')
  const search = new URLSearchParams(kept).toString()
  return `#/${parts.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`
}

export function go(parts: readonly string[], query: Readonly<Record<string, string | null>> = {}): void {
  location.hash = to(parts, query)
}

/** Changes the query of this place, without a step in the history. */
export function refine(query: Readonly<Record<string, string | null>>): void {
  const { parts, query: present } = route.value
  history.replaceState(null, '', to(parts, { ...Object.fromEntries(present), ...query }))
  hash.value = location.hash
}

/** An address that a person has changed may have a lone `%`. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** What somebody asks of the stream of events, in WAHA's words: `/ws?session=*&events=message&events=session.status&x-api-key=…`. */
export interface LiveRequest {
  readonly apiKey: string | undefined
  readonly tenant: string | undefined
  /** The name of a session. Null: all that the key may know of. */
  readonly session: string | null
  /** Names of events, or `*`. */
  readonly events: readonly string[]
}

export const LIVE_PATH = '/ws'

type Headers = Readonly<Record<string, string | string[] | undefined>>

export const isLivePath = (url: string | undefined): boolean => /^\/ws\/?(?:\?|$)/.test(url ?? '')

/** Reads a request. What is left out or empty means everything. */
export function readLiveRequest(url: string, headers: Headers): LiveRequest {
  const query = new URL(url, 'http://host').searchParams
  const header = (name: string): string | undefined => [headers[name]].flat()[0]
  const events = query.getAll('events').flatMap((list) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  )
  const session = query.get('session') ?? ''
  return {
    apiKey: header('x-api-key') ?? query.get('x-api-key') ?? undefined,
    tenant: header('x-tenant'),
    session: session === '' || session === '*' ? null : session,
    events: events.length === 0 ? ['*'] : events,
  }
}

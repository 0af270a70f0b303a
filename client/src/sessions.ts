import { answerOf, type HoldfastClient } from './client.ts'
import type { operations } from './generated/api.ts'
import type { Session, SessionPage } from './types.ts'

interface SessionFilter {
  readonly status?: Session['status']
  readonly search?: string
  readonly needsPerson?: 'true'
}

type Query = NonNullable<operations['listSessions']['parameters']['query']>

/** The most that a page may have. */
const PAGE = 1000

/** Lists all sessions, stopped ones too, or all that fit. It asks page by page, so that no answer is large. */
export async function everySession(api: HoldfastClient, filter: SessionFilter = {}): Promise<Session[]> {
  const found: Session[] = []
  let cursor: string | null = null
  do {
    const query: Query = { all: 'true' as const, limit: PAGE, ...filter, ...(cursor === null ? {} : { cursor }) }
    const page: SessionPage | Session[] = await answerOf(api.GET('/api/sessions', { params: { query } }))
    // An API from before there were pages answers with all sessions.
    if (Array.isArray(page)) return page
    found.push(...page.sessions)
    cursor = page.cursor
  } while (cursor !== null)
  return found
}

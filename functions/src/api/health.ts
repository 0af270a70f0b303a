import { JOBS, type JobStatus } from '@holdfast/core/documents/job-document'
import { RUNNERS } from '@holdfast/core/documents/runner-document'
import { SESSIONS, sessionDocumentSchema } from '@holdfast/core/documents/session-document'
import { type Logger } from '@holdfast/core/logging'
import type { Clock, DocumentCounter, DocumentSnapshot, DocumentStore } from '@holdfast/core/ports'
import { Hono } from 'hono'
import type { ApiDependencies } from './app.ts'
import { within } from './deadline.ts'
import { statusOf } from './session-answer.ts'

/** A health check has to answer while the database does not. */
const PATIENCE_MS = 2000

/** Anybody may ask, so that the reads per second are bounded by this and not by the callers. */
const FRESH_FOR_MS = 1000

interface Connections {
  /** Sessions there are, and of those: connected, given up until somebody acts, on their way. */
  total: number
  active: number
  failed: number
  recovering: number
}

interface Health {
  readonly status: 'healthy' | 'degraded'
  /** Seconds since this process of the API began. */
  readonly uptime: number
  /** Null while the database does not answer. */
  readonly connections: Connections | null
  readonly queue: { readonly waiting: number; readonly active: number; readonly failed: number } | null
  /** Codes of what is wrong. */
  readonly problems: readonly string[]
}

/** Public, therefore only figures. */
export function healthRoutes({ documents, clock, logger }: ApiDependencies): Hono {
  const startedAt = clock.monotonic()
  let latest: { at: number; health: Promise<Omit<Health, 'uptime'>> } | undefined
  const routes = new Hono()

  routes.get('/health', async (context) => {
    const now = clock.monotonic()
    if (!latest || now - latest.at > FRESH_FOR_MS) latest = { at: now, health: measure(documents, clock, logger) }
    const { status, ...figures } = await latest.health
    return context.json({ status, uptime: Math.floor((now - startedAt) / 1000), ...figures } satisfies Health)
  })

  return routes
}

async function measure(
  documents: DocumentStore & DocumentCounter,
  clock: Clock,
  logger: Logger,
): Promise<Omit<Health, 'uptime'>> {
  try {
    const [connections, queue] = await within(
      clock,
      PATIENCE_MS,
      Promise.all([countConnections(documents), countJobs(documents)]),
    )
    const problems = [
      ...(connections.failed > 0 ? ['sessions-failed'] : []),
      ...(connections.recovering > 0 ? ['sessions-recovering'] : []),
    ]
    return { status: problems.length > 0 ? 'degraded' : 'healthy', connections, queue, problems }
  } catch (error) {
    logger.warn({ error }, 'The health check could not read the database.')
    return { status: 'degraded', connections: null, queue: null, problems: ['database-unavailable'] }
  }
}

const sessionFields = sessionDocumentSchema.pick({
  wanted: true,
  state: true,
  reason: true,
  sentence: true,
  userAction: true,
  runnerId: true,
})

async function countConnections(documents: DocumentStore): Promise<Connections> {
  const sessions = await documents.query({ collection: SESSIONS, select: Object.keys(sessionFields.shape) })
  const runners = await documents.query({ collection: RUNNERS })
  const byId = new Map(runners.map((runner) => [runner.id, runner]))
  const connections = { total: sessions.length, active: 0, failed: 0, recovering: 0 }
  for (const session of sessions) {
    const group = groupOf(session, byId)
    if (group) connections[group]++
  }
  return connections
}

/** Null for sessions that are as they should be without being connected: stopped, or waiting for a phone. */
function groupOf(
  snapshot: DocumentSnapshot,
  runners: ReadonlyMap<string, DocumentSnapshot>,
): 'active' | 'failed' | 'recovering' | null {
  const parsed = sessionFields.safeParse(snapshot.fields)
  if (!parsed.success) return 'failed'
  const session = parsed.data
  switch (statusOf(session, runners.get(session.runnerId ?? '') ?? null).status) {
    case 'WORKING':
      return 'active'
    case 'FAILED':
      return 'failed'
    case 'STARTING':
    case 'STOPPED':
      return session.wanted === 'online' ? 'recovering' : null
    case 'SCAN_QR_CODE':
      return null
  }
}

async function countJobs(documents: DocumentCounter): Promise<{ waiting: number; active: number; failed: number }> {
  const count = (status: JobStatus) => documents.count({ collection: JOBS, where: [['status', '==', status]] })
  const [waiting, active, failed] = await Promise.all([count('pending'), count('processing'), count('failed')])
  return { waiting, active, failed }
}

import { jobPath } from '@holdfast/core/message/job-document'
import { RUNNERS, runnerPath } from '@holdfast/core/operations/runner-document'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { type Change, type DocumentStore, SERVER_TIME } from '@holdfast/core/platform/ports'
import { sessionIdOf } from '@holdfast/core/session/ids'
import { SESSIONS } from '@holdfast/core/session/session-document'
import { createHash } from 'node:crypto'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'
import { clientsOf } from '../support/clients-of-sandbox.ts'
import { reportedSession, runnerChange, sessionChange } from '../support/fleet-documents.ts'
import { cpuByProgram } from './machine.ts'
import { percentiles, type Percentiles, round } from './statistics.ts'

const SESSIONS_IN_ALL = 5000
const JOBS_IN_ALL = 50_000
const RUNNERS_IN_ALL = 10
const REQUESTS = 20
const WARM_REQUESTS = 3
const CHANGES = 400
const AT_ONCE = 4
const BEAT_MS = 3000

/** What the dashboard asks for when it shows its overview. */
const OVERVIEW = [
  '/api/sessions?all=true&needsPerson=true&limit=100',
  '/api/queue',
  '/api/alerts?state=open&limit=20',
  '/api/recoveries?state=proposed&limit=20',
  '/health',
]

/** The lists that people and programs ask for. */
const LISTS = {
  sessions: ['/api/sessions'],
  allSessions: ['/api/sessions?all=true'],
  sessionPage: ['/api/sessions?all=true&limit=50'],
  failedSessions: ['/api/sessions?status=FAILED&limit=50'],
  foundSessions: ['/api/sessions?search=s-77&limit=50'],
  noSessionFound: ['/api/sessions?search=nobody&limit=50'],
  queue: ['/api/queue'],
  queueOfSession: ['/api/queue?session=s-7'],
  messages: ['/api/messages?limit=50'],
  failedMessages: ['/api/messages?status=failed&limit=50'],
  messagesOfSession: ['/api/messages?session=s-7&limit=50'],
  deliveries: ['/api/webhooks/deliveries?limit=50'],
  fleet: ['/api/fleet'],
  overview: OVERVIEW,
} as const

type List = keyof typeof LISTS

interface ListFigures extends Percentiles {
  /** CPU time of the functions' process for each request, ms. */
  readonly cpuMs: number
  readonly kB: number
  /** Requests that were answered with 503, as on a machine on which Firestore takes too long. */
  readonly refused: number
}

/** Measures the lists of a fleet of 5,000 sessions on 10 runners, with 50,000 messages, through the HTTP API, in ms. */
export async function measureLists(say: (text: string) => void): Promise<Record<List, ListFigures>> {
  // The runners are documents only, and nothing looks after them.
  await using sandbox = await startSandbox({ runners: 0, schedules: false, firestore: process.env['SHARED_FIRESTORE'] })
  const clients = clientsOf(sandbox.info)
  try {
    await fill(clients.documents)
    const beat = setInterval(() => void heartbeats(clients.documents).catch(() => say('  A heartbeat was late.')), BEAT_MS)
    try {
      await heartbeats(clients.documents)
      await checkFleet(sandbox)
      const figures: [List, ListFigures][] = []
      for (const [name, paths] of Object.entries(LISTS)) {
        const measured = await measureList(sandbox, paths)
        say(`  ${name}: p95 ${measured.p95} ms, CPU ${measured.cpuMs} ms, ${measured.kB} kB`)
        figures.push([name as List, measured])
      }
      return Object.fromEntries(figures) as Record<List, ListFigures>
    } finally {
      clearInterval(beat)
    }
  } finally {
    await clients.close()
  }
}

/** What does not parse is answered in another way, and would be measured instead. */
async function checkFleet(sandbox: Sandbox): Promise<void> {
  const sessions = (await (await sandbox.api('/api/sessions?all=true')).json()) as {
    readonly status: string
    readonly reason: string
  }[]
  const other = sessions.find(({ status }) => status !== 'WORKING')
  if (other || sessions.length !== SESSIONS_IN_ALL) {
    throw new Error(`The fleet is not as it was written: ${sessions.length} sessions, ${other?.status} (${other?.reason}).`)
  }
}

async function measureList(sandbox: Sandbox, paths: readonly string[]): Promise<ListFigures> {
  let bytes = 0
  let refused = 0
  const ask = async (): Promise<void> => {
    const sizes = await Promise.all(
      paths.map(async (path) => {
        const answer = await sandbox.api(path)
        const text = await answer.text()
        if (answer.status === 503) refused++
        else if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
        return text.length
      }),
    )
    bytes = sizes.reduce((sum, size) => sum + size, 0)
  }
  for (let warm = 0; warm < WARM_REQUESTS; warm++) await ask()
  const before = await cpuByProgram()
  const times: number[] = []
  for (let request = 0; request < REQUESTS; request++) {
    const askedAt = performance.now()
    await ask()
    times.push(performance.now() - askedAt)
  }
  const after = await cpuByProgram()
  return {
    ...percentiles(times),
    cpuMs: round((after.functions - before.functions) / REQUESTS),
    kB: round(bytes / 1000),
    refused,
  }
}

const idOf = (index: number): string => sessionIdOf('default', `s-${index}`)

async function fill(documents: DocumentStore): Promise<void> {
  const sessions = Array.from({ length: SESSIONS_IN_ALL }, (_, index) => sessionChange(idOf(index), sessionFields(index)))
  const jobs = Array.from({ length: JOBS_IN_ALL }, (_, index) => jobOf(index))
  const changes = [...sessions, ...jobs]
  const parts = Array.from({ length: Math.ceil(changes.length / CHANGES) }, (_, part) =>
    changes.slice(part * CHANGES, (part + 1) * CHANGES),
  )
  await inParallel(AT_ONCE, parts, (part) => documents.commit(part))
  for (let runner = 0; runner < RUNNERS_IN_ALL; runner++) {
    const held = sessions.flatMap((_, index) => (index % RUNNERS_IN_ALL === runner ? [[idOf(index), reportedSession()]] : []))
    await documents.commit([runnerChange(`runner-${runner}`, Object.fromEntries(held))])
  }
  const found = [await countOf(documents, SESSIONS), await countOf(documents, RUNNERS)]
  if (found[0] !== SESSIONS_IN_ALL || found[1] !== RUNNERS_IN_ALL)
    throw new Error(`The fleet was not written: ${found.join(', ')}`)
}

const countOf = async (documents: DocumentStore, collection: string): Promise<number> =>
  (await documents.query({ collection, select: ['v'] })).length

const heartbeats = (documents: DocumentStore): Promise<void> =>
  documents.commit(
    Array.from({ length: RUNNERS_IN_ALL }, (_, runner) => ({
      kind: 'merge' as const,
      path: runnerPath(`runner-${runner}`),
      fields: { heartbeatAt: SERVER_TIME },
    })),
  )

const sessionFields = (index: number) => ({
  config: {},
  runnerId: `runner-${index % RUNNERS_IN_ALL}`,
  sentence: 'Connected.',
  userAction: null,
  journalHead: 1000 + index,
  checkpoint: null,
  previousCheckpoint: null,
  trimmedTo: 0,
  lastProofOfLifeAt: new Date(),
  lastInboundAt: new Date(),
  me: { id: `55119${String(index).padStart(8, '0')}@s.whatsapp.net`, lid: null, pushName: `Shop ${index}` },
  pairing: null,
  counters: { sent: index, received: 2 * index },
  nextAttemptAt: null,
})

/** Of 100 messages 90 were read, 5 wait, 3 failed, and 2 were delivered. */
const statusOf = (index: number): string => {
  const of = index % 100
  return of < 90 ? 'read' : of < 95 ? 'pending' : of < 98 ? 'failed' : 'delivered'
}

function jobOf(index: number): Change {
  const id = createHash('sha256').update(`job ${index}`).digest('hex').slice(0, 40)
  const status = statusOf(index)
  const at = new Date(Date.now() - 10 * index)
  const timeline = [{ status: 'pending', at, by: 'api' }, ...(status === 'pending' ? [] : [{ status, at, attempt: 1 }])]
  const fields = {
    v: 1,
    tenant: 'default',
    sessionId: idOf(index % SESSIONS_IN_ALL),
    chat: `55118${String(index).padStart(8, '0')}@s.whatsapp.net`,
    type: 'text',
    content: Buffer.alloc(120, index),
    requestHash: id,
    messageId: `3EB0${id.slice(0, 18).toUpperCase()}`,
    status,
    createdAt: at,
    queuedAt: at,
    timeline,
    attempts: status === 'pending' ? 0 : 1,
    lastAttemptAt: status === 'pending' ? null : at,
    nextAttemptAt: null,
    failedAt: status === 'failed' ? at : null,
    lastError: null,
    priority: 'normal',
    sendAt: null,
    expiresAt: null,
    pool: null,
    hold: null,
  }
  return { kind: 'create', path: jobPath(id), fields }
}

import { isTombstone } from '@holdfast/core/message/archived-job'
import { taskFor } from '@holdfast/core/message/due'
import { type JobDocument, jobDocumentSchema, jobPath } from '@holdfast/core/message/job-document'
import { parseStored } from '@holdfast/core/platform/parse'
import { Append, type DocumentSnapshot, type Fields } from '@holdfast/core/platform/ports'
import { describe, expect, test } from 'vitest'
import { archiveJob } from '../../../functions/src/use-cases/archive-job.ts'
import { handleDueTask } from '../../../functions/src/use-cases/make-due.ts'
import { sweep, sweepQueue } from '../../../functions/src/use-cases/sweep.ts'
import { FunctionsInMemory } from './functions-in-memory.ts'
import { INTERRUPTIONS, Interruption } from './interruption.ts'

/**
 * The crash points of the functions. Each change of a job is interrupted at each call of a store that it makes, in each way. The job
 * is then as it was or as it has to become, and never in between; the same work again brings it to the same end.
 */

const ago = (ms: number) => new Date(Date.now() - ms)
const HOUR_MS = 3_600_000

interface Work {
  /** Makes a job in the state that the work changes. Returns its id. */
  prepare(functions: FunctionsInMemory): Promise<string>
  /** Does the work, which may be interrupted. */
  run(functions: FunctionsInMemory, job: string, interruption: Interruption | null): Promise<unknown>
  /** The text of the message afterwards; the same as before by default. */
  readonly text?: string
  /** The fields of the document that the work is about, when it is done. */
  readonly becomes: Fields
  /** The statuses of the new entries of the timeline. */
  readonly entries: readonly string[]
  /** The least number of calls. Fewer mean that the test interrupts something else. */
  readonly calls: number
}

const REFUSED: Fields = {
  attempts: 1,
  queuedAt: ago(2 * HOUR_MS),
  nextAttemptAt: ago(HOUR_MS),
  lastError: { code: 'whatsapp-479', message: 'Refused.' },
  timeline: [
    { status: 'pending', at: ago(3 * HOUR_MS) },
    { status: 'processing', at: ago(2 * HOUR_MS), attempt: 1 },
    { status: 'pending', at: ago(2 * HOUR_MS), attempt: 1 },
  ],
}

const FOR_LATER: Fields = { queuedAt: null, sendAt: ago(HOUR_MS) }

const DUE: Fields = { status: 'pending', nextAttemptAt: null, queuedAt: expect.any(Date) }
const EXPIRED: Fields = { status: 'failed', failedAt: expect.any(Date), lastError: expect.objectContaining({ code: 'expired' }) }

/** The task that was enqueued for a job comes. */
async function taskComes(functions: FunctionsInMemory, job: string, interruption: Interruption | null): Promise<void> {
  const { fields, id } = await functions.snapshot(job)
  const due = taskFor(id, parseStored(jobDocumentSchema, fields, id), Date.now())
  await handleDueTask(functions.through(interruption), due?.payload ?? { job })
}

const sweeps: Work['run'] = (functions, _, interruption) => sweep(functions.through(interruption))

/** The part of the sweep that looks at jobs alone. The facts about the fleet, which take the most calls, change nothing in it. */
const sweepsJobs: Work['run'] = (functions, _, interruption) => sweepQueue(functions.through(interruption))

/** Requests a change of the job from the API. */
const asks =
  (method: string, path: (job: string) => string, json?: object): Work['run'] =>
  (functions, job, interruption) =>
    functions.ask(method, path(job), json, interruption)

const FAILED: Fields = { ...REFUSED, status: 'failed', failedAt: ago(HOUR_MS), nextAttemptAt: null }
const RETRIED: Fields = { ...DUE, generation: 1, failedAt: null, lastError: null }
const ENDED: Fields = { status: 'sent', attempts: 1, timeline: new Append({ status: 'sent', at: ago(HOUR_MS) }) }
const ARCHIVED: Fields = { status: 'sent', archivedAt: expect.any(Date), timeline: [], archive: expect.anything() }

const WORKS = {
  'a task that makes a retry due': {
    prepare: (functions) => functions.accept(REFUSED),
    run: taskComes,
    becomes: { ...DUE, attempts: 1 },
    entries: [],
    calls: 2,
  },
  'a task that makes a message for later due': {
    prepare: (functions) => functions.accept(FOR_LATER),
    run: taskComes,
    becomes: { ...DUE, attempts: 0 },
    entries: [],
    calls: 2,
  },
  'a task of a message that has expired': {
    prepare: (functions) => functions.accept({ ...FOR_LATER, expiresAt: ago(1000) }),
    run: taskComes,
    becomes: EXPIRED,
    entries: ['failed'],
    calls: 2,
  },
  'the sweep that finds a lost task': {
    prepare: (functions) => functions.accept(REFUSED),
    run: sweepsJobs,
    becomes: DUE,
    entries: [],
    calls: 4,
  },
  'the sweep that finds an expired message': {
    prepare: (functions) => functions.accept({ expiresAt: ago(1000) }),
    run: sweepsJobs,
    becomes: EXPIRED,
    entries: ['failed'],
    calls: 4,
  },
  'the sweep that moves a message to another session of its pool': {
    async prepare(functions) {
      await functions.pool()
      return functions.accept({ pool: 'sales' })
    },
    run: sweeps,
    becomes: { status: 'pending', sessionId: 'default.other', proto: null },
    entries: ['pending'],
    calls: 8,
  },
  'a request to cancel': {
    prepare: (functions) => functions.accept(),
    run: asks('POST', (job) => `/api/messages/${job}/cancel`),
    becomes: { status: 'canceled' },
    entries: ['canceled'],
    calls: 3,
  },
  'a request to replace the text': {
    prepare: (functions) => functions.accept(),
    run: asks('PUT', (job) => `/api/messages/${job}`, { text: 'Oi' }),
    text: 'Oi',
    becomes: { status: 'pending' },
    entries: ['pending'],
    calls: 3,
  },
  'a request to retry': {
    prepare: (functions) => functions.accept(FAILED),
    run: asks('POST', (job) => `/api/messages/${job}/retry`),
    becomes: RETRIED,
    entries: ['pending'],
    calls: 3,
  },
  'a request to retry all': {
    prepare: (functions) => functions.accept(FAILED),
    run: asks('POST', () => '/api/queue/retry-failed'),
    becomes: RETRIED,
    entries: ['pending'],
    calls: 2,
  },
  'a request to delete': {
    prepare: (functions) => functions.accept(ENDED),
    run: asks('DELETE', (job) => `/api/messages/${job}`),
    becomes: ARCHIVED,
    entries: [],
    calls: 4,
  },
  archiving: {
    prepare: (functions) => functions.accept(ENDED),
    async run(functions, job, interruption) {
      const { archives, ...stores } = functions.through(interruption)
      const snapshot = await stores.documents.read(jobPath(job))
      if (snapshot && archives && !isTombstone(snapshot.fields)) await archiveJob({ ...stores, archives }, snapshot)
    },
    becomes: ARCHIVED,
    entries: [],
    calls: 4,
  },
} satisfies Record<string, Work>

/** What the owner of a session writes when it takes a job from the queue, in the version that it has read. */
async function take(functions: FunctionsInMemory, read: DocumentSnapshot): Promise<void> {
  const attempts = Number(read.fields['attempts']) + 1
  const timeline = new Append({ status: 'processing', at: new Date(), attempt: attempts })
  const fields = { status: 'processing', attempts, nextAttemptAt: null, hold: null, timeline }
  await functions.documents.commit([{ kind: 'update', path: read.path, fields, unlessChangedSince: read }])
}

const statusesOf = ({ fields }: DocumentSnapshot): string[] =>
  (fields['timeline'] as JobDocument['timeline']).map(({ status }) => status)

describe.each<[string, Work]>(Object.entries(WORKS))('%s', (_, work) => {
  test.each(INTERRUPTIONS)('that is interrupted (%s) has happened or not, and happens once', async (how) => {
    const struck: string[] = []
    for (let at = 1; ; at++) {
      const functions = await FunctionsInMemory.start()
      const job = await work.prepare(functions)
      const before = await functions.snapshot(job)
      const isDone = async () => {
        const now = await functions.snapshot(job)
        expect(now.fields).toMatchObject(work.becomes)
        if (!isTombstone(now.fields)) expect(statusesOf(now)).toEqual([...statusesOf(before), ...work.entries])
        expect(await functions.text(job)).toBe(work.text ?? 'Olá')
      }
      const interruption = new Interruption(at, how)
      await work.run(functions, job, interruption).catch(() => {})
      if (interruption.struck === null) break
      struck.push(interruption.struck)
      const then = await functions.snapshot(job)
      if (then.updatedAtMicros === before.updatedAtMicros) expect(await functions.text(job)).toBe('Olá')
      else await isDone()
      await work.run(functions, job, null)
      await isDone()
    }
    expect(struck.length).toBeGreaterThanOrEqual(work.calls)
  })
})

/** The works on jobs that are in the queue, where their owner may take them. */
const NOT_WAITING: readonly string[] = ['archiving', 'a request to delete', 'a request to retry', 'a request to retry all']
const ofWaiting: [string, Work][] = Object.entries<Work>(WORKS).filter(([name]) => !NOT_WAITING.includes(name))

test.each(ofWaiting)('%s and the owner who takes the job end in one of the two, never in both', async (_, work) => {
  const winners = new Set<string>()
  for (let at = 1; ; at++) {
    const functions = await FunctionsInMemory.start()
    const job = await work.prepare(functions)
    const read = await functions.snapshot(job)
    let taken: DocumentSnapshot | null = null
    const meanwhile = new Interruption(at, async () => {
      await take(functions, read).then(
        async () => (taken = await functions.snapshot(job)),
        () => {},
      )
    })
    await work.run(functions, job, meanwhile).catch(() => {})
    if (meanwhile.struck === null) break
    const now = await functions.snapshot(job)
    winners.add(taken ? 'the owner' : 'the function')
    if (taken) expect(now.fields).toEqual((taken as DocumentSnapshot).fields)
    else expect(now.fields).toMatchObject(work.becomes)
  }
  expect(winners).toContain('the owner')
})

test('archiving a message whose receipt comes meanwhile keeps the receipt', async () => {
  for (let at = 1; ; at++) {
    const functions = await FunctionsInMemory.start()
    const job = await WORKS.archiving.prepare(functions)
    const receipt = { status: 'delivered', timeline: new Append({ status: 'delivered', at: new Date() }) }
    const meanwhile = new Interruption(at, () => functions.write(job, receipt))
    await WORKS.archiving.run(functions, job, meanwhile)
    if (meanwhile.struck === null) break
    await WORKS.archiving.run(functions, job, null)
    const { body } = await functions.ask('GET', `/api/messages/${job}`)
    expect(body).toMatchObject({ status: 'delivered', text: 'Olá', archivedAt: expect.any(String) })
    expect(body.timeline.map(({ status }: { status: string }) => status)).toEqual(['pending', 'sent', 'delivered'])
  }
})

/** Accepts messages again and again as a caller does who got no answer, and returns the answer. */
async function acceptAll(functions: FunctionsInMemory, path: string, json: object, interruption: Interruption | null) {
  const first = await functions.ask('POST', path, json, interruption).catch(() => ({ status: 503, body: null }))
  return interruption?.struck && first.status >= 500 ? await functions.ask('POST', path, json) : first
}

const inAnHour = () => new Date(Date.now() + HOUR_MS).toISOString()
const text = (number: number) => ({ session: 'main', chatId: '5511999990000@c.us', text: `Olá ${number}` })

describe('a message for later that is accepted', () => {
  test.each(INTERRUPTIONS)('and interrupted (%s) is one message with one task', async (how) => {
    for (let at = 1; ; at++) {
      const functions = await FunctionsInMemory.start()
      const interruption = new Interruption(at, how)
      const { status, body } = await acceptAll(functions, '/api/sendText', { ...text(1), sendAt: inAnHour() }, interruption)
      expect(status).toBe(201)
      expect(await functions.jobs()).toEqual([body.jobId])
      const tasks = functions.tasks.map(({ payload }) => payload)
      // What the queue of tasks did not take is left to the sweep, which puts the job into the queue at its time.
      expect(tasks).toEqual(
        interruption.struck === 'enqueue' ? expect.toBeOneOf([[], [{ job: body.jobId }]]) : [{ job: body.jobId }],
      )
      if (interruption.struck === null) break
    }
  })
})

describe('a request for many messages', () => {
  test.each(INTERRUPTIONS)('that is interrupted (%s) and repeated makes each message once', async (how) => {
    for (let at = 1; ; at++) {
      const functions = await FunctionsInMemory.start()
      const interruption = new Interruption(at, how)
      const bulk = { messages: [text(1), { ...text(2), sendAt: inAnHour() }, text(3)] }
      const { status, body } = await acceptAll(functions, '/api/sendBulk', bulk, interruption)
      expect([status, body.accepted]).toEqual([200, 3])
      const ids = body.results.map(({ jobId }: { jobId: string }) => jobId)
      expect((await functions.jobs()).toSorted()).toEqual(ids.toSorted())
      if (interruption.struck === null) break
    }
  })
})

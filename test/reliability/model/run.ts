import { journalPath, journalRecordSchema, type JournalRecord } from '@holdfast/core/journal/journal-record'
import { parseStored } from '@holdfast/core/platform/parse'
import { sessionDocumentSchema, sessionPath } from '@holdfast/core/session/session-document'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { WrappingKey, newSessionKeys, unwrapSessionKeys } from '@holdfast/core/security/envelope'
import { SERVER_TIME, type Random } from '@holdfast/core/platform/ports'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { loadState, type StatePointers } from '@holdfast/core/journal/load'
import { openGroup } from '@holdfast/core/journal/record-codec'
import { SeededRandom } from '../../../sandbox/network/seeded-random.ts'
import { ModelOwner, type SentFrame } from './owner.ts'
import { NO_FAULTS, ScheduledStore, type FaultRates } from './scheduled-store.ts'
import { Scheduler, settled } from './scheduler.ts'

const SESSION_ID = 'default.model'
const WRAPPING_KEY = new WrappingKey(Buffer.alloc(32, 7))
const KEYS = await newSessionKeys(SESSION_ID, WRAPPING_KEY)
const CIPHER = await unwrapSessionKeys(SESSION_ID, KEYS, WRAPPING_KEY)

export interface Schedule {
  readonly seed: number
  readonly owners: number
  readonly steps: number
}

export interface Verdict {
  readonly broken: string[]
  /** The amount of work that the schedule has tested. */
  readonly claims: number
  readonly records: number
  readonly frames: number
  /** Owners with an open state that found another owner's record at the number of their next one. */
  readonly fenced: number
}

export const COUNTS = ['claims', 'records', 'frames', 'fenced'] as const

/**
 * Runs one schedule: several owners believe they own the session, on a store whose operations take effect and are answered in an
 * order, and with faults, that the seed chooses. The model demands, for every order:
 *
 * 1. A record number is created once, numbers have no gaps, epochs never fall: the log is one line.
 * 2. Behind a claim there is no record of an older epoch: of several owners, one can append.
 * 3. Before a frame leaves a socket, the records of all earlier changes of its owner are durable.
 * 4. A change that the journal reported as durable is in the log.
 * 5. The state, read from the newest checkpoint or without it, has exactly the changes of the log, in its order.
 */
export async function runSchedule({ seed, owners, steps }: Schedule): Promise<Verdict> {
  const scheduler = new Scheduler(new SeededRandom(seed))
  const store = new ScheduledStore(scheduler)
  const broken: string[] = []
  const frames: SentFrame[] = []
  const onFrame = (frame: SentFrame): void => {
    frames.push(frame)
    const logged = changesIn(recordsOf(store))
    const missing = frame.depends.filter((id) => logged.get(id) !== frame.owner)
    if (missing.length > 0) broken.push(`3: ${frame.owner} sent a frame before ${missing.join(', ')} was in the log`)
  }
  await createSession(store, scheduler)
  const random = randomOf(scheduler.random.fork())
  const parts = { sessionId: SESSION_ID, scheduler, store, cipher: CIPHER, wrappingKey: WRAPPING_KEY, random, onFrame }
  const people = new People(scheduler, owners, (name) => new ModelOwner({ ...parts, name }))
  store.faults = drawFaults(scheduler.random)
  for (let step = 0; step < steps; step++) {
    people.act()
    await settled()
    await scheduler.step()
  }
  await comeToRest(scheduler, store, people)
  broken.push(...(await judge(store, scheduler, people)))
  const records = recordsOf(store)
  const claims = records.filter(({ kind }) => kind === 'claim').length
  const fenced = people.all.filter(({ wasFenced }) => wasFenced).length
  return { broken, claims, records: records.length, frames: frames.length, fenced }
}

/** The owners of a schedule and their random acts. */
class People {
  readonly all: ModelOwner[] = []
  readonly #scheduler: Scheduler
  readonly #atOnce: number
  readonly #newOwner: (name: string) => ModelOwner
  #changes = 0

  constructor(scheduler: Scheduler, atOnce: number, newOwner: (name: string) => ModelOwner) {
    this.#scheduler = scheduler
    this.#atOnce = atOnce
    this.#newOwner = newOwner
  }

  act(): void {
    const { random } = this.#scheduler
    const alive = this.all.filter(({ isOver }) => !isOver)
    if (alive.length < this.#atOnce && random.chance(alive.length === 0 ? 1 : 0.05)) {
      const owner = this.#newOwner(`owner-${this.all.length + 1}`)
      this.all.push(owner)
      void owner.start()
    }
    if (alive.length === 0) return
    const owner = random.pick(alive)
    if (random.chance(0.02)) this.#scheduler.pause(owner.name)
    if (random.chance(0.04)) this.#scheduler.wake(random.pick(alive).name)
    if (!owner.isOpen || this.#scheduler.isPaused(owner.name)) return
    if (random.chance(0.3)) owner.change(`change-${++this.#changes}`)
    if (random.chance(0.3)) owner.speak()
    if (random.chance(0.05)) owner.save()
  }
}

/** Wakes all owners and runs without faults until all pending steps have ended. */
async function comeToRest(scheduler: Scheduler, store: ScheduledStore, people: People): Promise<void> {
  store.faults = NO_FAULTS
  for (const { name } of people.all) scheduler.wake(name)
  for (let step = 0; step < 2000; step++) if (!(await scheduler.step())) return
}

async function judge(store: ScheduledStore, scheduler: Scheduler, people: People): Promise<string[]> {
  const broken: string[] = []
  const records = recordsOf(store)
  for (const [index, record] of records.entries()) {
    if (record.seq !== index + 1) broken.push(`1: record ${record.seq} was created instead of ${index + 1}`)
    const before = records[index - 1]
    if (before && record.epoch < before.epoch)
      broken.push(`2: record ${record.seq} is of epoch ${record.epoch}, behind ${before.epoch}`)
    if (before && record.epoch > before.epoch && record.kind !== 'claim')
      broken.push(`2: record ${record.seq} raises the epoch and is no claim`)
  }
  const logged = changesIn(records)
  for (const { name, durable } of people.all) {
    for (const id of durable)
      if (logged.get(id) !== name) broken.push(`4: ${id} of ${name} was reported as durable and is not in the log`)
  }
  const session = parseStored(sessionDocumentSchema, store.present(sessionPath(SESSION_ID))?.fields, SESSION_ID)
  for (const pointers of [session, { ...session, checkpoint: null }]) {
    broken.push(...(await read(store, scheduler, pointers, logged)))
  }
  return broken
}

/** Reads the state from these checkpoints, as the next owner does. Returns the faults. */
async function read(
  store: ScheduledStore,
  scheduler: Scheduler,
  pointers: StatePointers,
  logged: ReadonlyMap<string, string>,
): Promise<string[]> {
  const end = recordsOf(store).length
  const journals = new DocumentJournals(store.documentsOf('reader'))
  const objects = store.objectsOf('reader')
  const loading = loadState({ journals, objects, cipher: CIPHER, pointers, end })
  const done = loading.then(
    () => true,
    () => true,
  )
  while (!(await Promise.race([done, settled().then(() => false)]))) await scheduler.step()
  const { trouble, image } = await loading
  if (trouble) return [`5: the state cannot be read: ${trouble.message}`]
  const found = [...image.entries('session')].map(([id, owner]) => `${id} of ${owner}`)
  const expected = [...logged].map(([id, owner]) => `${id} of ${owner}`)
  return found.join() === expected.join() ? [] : [`5: the state has ${found.length} changes, the log ${expected.length}`]
}

/** Returns all records that were ever appended, including trimmed ones. */
const recordsOf = (store: ScheduledStore): JournalRecord[] =>
  store.created
    .filter(({ path }) => path.startsWith(`${journalPath(SESSION_ID)}/`))
    .map(({ path, fields }) => parseStored(journalRecordSchema, fields, path))

/** Returns the owner of each change by its id, in the order of the log. */
function changesIn(records: readonly JournalRecord[]): Map<string, string> {
  const changes = new Map<string, string>()
  for (const record of records) {
    for (const { keys } of openGroup([record], CIPHER)) {
      for (const [id, owner] of Object.entries(keys?.['session'] ?? {})) changes.set(id, String(owner))
    }
  }
  return changes
}

async function createSession(store: ScheduledStore, scheduler: Scheduler): Promise<void> {
  const session = { v: 1, tenant: 'default', name: 'model', wanted: 'online', createdAt: SERVER_TIME, runnerId: null }
  const created = store.documentsOf('creator').commit([
    { kind: 'create', path: sessionPath(SESSION_ID), fields: session },
    { kind: 'create', path: sessionKeyPath(SESSION_ID), fields: { ...KEYS } },
  ])
  while (await scheduler.step());
  await created
}

/** Draws the fault rates of a schedule. Some schedules have no faults of a kind, others have many. */
function drawFaults(random: SeededRandom): FaultRates {
  const rate = () => (random.chance(0.5) ? random.between(0, 0.3) : 0)
  return { answerLost: rate(), refused: rate(), unanswered: rate() / 3, stale: rate() }
}

const randomOf = (random: SeededRandom): Random => ({
  fraction: () => random.next(),
  bytes: (length) => Buffer.from(Array.from({ length }, () => Math.floor(random.next() * 256))),
})

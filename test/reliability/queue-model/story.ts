import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import type { NewRequest } from './callers.ts'
import { NOBODY } from './connection.ts'
import { after, type Happening, type ModelJob } from './model.ts'
import { type AnswerKind, type Deed, inWords, type Story } from './operations.ts'
import type { DocumentChange } from './store.ts'
import type { Answer } from './whatsapp.ts'
import { type Message, SESSION_IDS, sessionIdOf, World } from './world.ts'

const MINUTE_MS = 60_000
const CHATS = ['5511900000001@c.us', '5511900000002@c.us', NOBODY.replace('s.whatsapp.net', 'c.us')]

/** The rounds after a story in which everything that is left comes to its end. */
const LAST_ROUNDS = 40

/** Runs a story to its end, or to its first difference. Returns its trace and its differences. */
export async function tell({ operations, deliveries }: Story): Promise<Pick<World['watch'], 'trace' | 'differences' | 'counts'>> {
  const told = new Telling(new World(deliveries))
  const { watch } = told.world
  await told.begin()
  for (const operation of operations) {
    watch.note(`-- ${inWords(operation)}`)
    told.act(operation.deed)
    await told.tick()
    for (const turn of operation.turns ?? []) await told.world.turns.run(turn)
    if (operation.turns === null) await told.world.rest()
    await told.pass()
    if (watch.differences.length > 0) return watch
  }
  await told.end()
  return watch
}

class Telling {
  readonly world: World
  /** A request that is repeated is the same. */
  readonly #requests = new Map<string, NewRequest>()
  #waitMs = 0
  #isTicking = false

  constructor(world: World) {
    this.world = world
    world.onAccepted((change) => this.#accepted(change))
  }

  /** Both sessions are connected. */
  async begin(): Promise<void> {
    for (const sessionId of SESSION_IDS) this.world.takeOver(sessionId)
    await this.world.rest()
  }

  act(deed: Deed): void {
    const { world } = this
    switch (deed.does) {
      case 'accept':
        return this.#accept(deed)
      case 'cancel':
      case 'replace':
      case 'retry':
      case 'delete':
        return this.#ask(deed.does, this.#suitable(deed.does, deed.nth))
      case 'move':
        return this.#move(this.#suitable('move', deed.nth))
      case 'answer':
        return this.#answer(deed.nth, deed.with)
      case 'receipt':
        return this.#receipt(this.#suitable('receipt', deed.nth), deed.type)
      case 'connect':
        return this.#connect(sessionIdOf(deed.session))
      case 'usurp':
        return world.takeOver(sessionIdOf(deed.session))
      case 'disconnect':
        return world.ownerOf(sessionIdOf(deed.session))?.disconnect()
      case 'kill':
        return world.ownerOf(sessionIdOf(deed.session))?.die(deed)
      case 'break':
        return world.break(sessionIdOf(deed.session))
      case 'sweep':
        return this.#sweep()
      case 'tick':
        return void (this.#isTicking = true)
      case 'wait':
        this.#waitMs = deed.seconds * 1000
    }
  }

  /** Lets the next timer fire while everything stays under way. */
  async tick(): Promise<void> {
    if (this.#isTicking) await this.world.turns.tick()
    this.#isTicking = false
  }

  /** Lets the time of a wait pass. What is under way comes to its end first. */
  async pass(): Promise<void> {
    const { world } = this
    const waitMs = this.#waitMs
    if (waitMs === 0) return
    this.#waitMs = 0
    await world.turns.advance(waitMs)
    await world.rest()
  }

  /** Brings everything to its end: connects the sessions, answers what WhatsApp gets, lets time pass, and sweeps. */
  async end(): Promise<void> {
    const { world } = this
    const { watch, turns, whatsapp } = world
    watch.note('-- the end')
    for (let round = 0; round < LAST_ROUNDS; round++) {
      for (const sessionId of SESSION_IDS) this.#connect(sessionId)
      await world.rest()
      for (const messageId of whatsapp.waiting) whatsapp.answer(messageId, { error: null })
      await world.rest()
      if (watch.differences.length > 0 || watch.all.every(isFinal)) return
      await turns.advance(untilNext(watch.all, turns.nowMs))
      this.#sweep()
    }
    watch.differs(`messages are stuck: ${JSON.stringify(watch.all.filter((job) => !isFinal(job)))}`)
  }

  /** Returns one of the messages to which something can be done, or any message. */
  #suitable(what: Asked | 'move' | 'receipt', nth: number): Message | undefined {
    const { watch, turns, whatsapp } = this.world
    const known = this.world.messages.filter(({ jobId }) => watch.get(jobId) !== undefined)
    const suits = ({ jobId, messageId }: Message): boolean => {
      const job = watch.get(jobId)
      if (what === 'receipt') return whatsapp.has(messageId)
      const happening = { name: HAPPENINGS[what], by: 'functions', now: turns.nowMs, to: '' }
      return job !== undefined && after(job, happening) !== null
    }
    const suitable = known.filter(suits)
    const among = suitable.length > 0 ? suitable : known
    return among[nth % Math.max(1, among.length)]
  }

  #move(message: Message | undefined): void {
    const { callers } = this.world
    if (message) callers.move(message.jobId, SESSION_IDS, (id) => this.world.cipherOf(id)).catch(() => {})
  }

  /** While no task and no process is lost, the sweep finds nothing that a task should have done. */
  #sweep(): void {
    const { callers, watch, tasks, turns } = this.world
    const found = (overdue: number): void => {
      const isExplained = tasks.lost > 0 || turns.faults > 0 || this.world.hasLostOwners
      if (overdue > 0 && !isExplained) watch.differs('the sweep found a message whose task was not lost')
    }
    void callers.sweep().then(found, () => {})
  }

  #connect(sessionId: string): void {
    const owner = this.world.ownerOf(sessionId)
    if (owner?.isAlive) void owner.connect()
    else this.world.takeOver(sessionId)
  }

  #accept({ job, session, chat, priority, sendIn, expiresIn, retries }: Extract<Deed, { does: 'accept' }>): void {
    const { watch, callers, turns } = this.world
    const { jobId, name, idempotencyKey } = this.world.message(job)
    const inMs = (minutes: number) => (minutes === 0 ? null : new Date(turns.nowMs + minutes * MINUTE_MS))
    const request: NewRequest = this.#requests.get(jobId) ?? {
      session,
      chatId: CHATS[chat] ?? '',
      text: `text of ${name}`,
      priority,
      sendAt: inMs(sendIn),
      expiresAt: inMs(expiresIn),
      retryDelaysMs: retries && retries.map((minutes) => minutes * MINUTE_MS),
      idempotencyKey,
    }
    this.#requests.set(jobId, request)
    // A request that is repeated for the first time after its times may be refused.
    const isLate = [request.sendAt, request.expiresAt].some((time) => time !== null && time.getTime() <= turns.nowMs)
    const mayBeRefused = isLate && !watch.get(jobId)
    const answered = watch.call(jobId, 'accept', () => 'done')
    void callers.accept(request).then((answer) => {
      this.#answered(mayBeRefused && answer === 'invalid-time' ? 'done' : answer, answered)
    })
  }

  /** A job was created, as somebody asked. */
  #accepted({ path, after: created }: DocumentChange): void {
    const jobId = path.slice(path.lastIndexOf('/') + 1)
    const request = this.#requests.get(jobId)
    if (!created || !request) return this.world.watch.differs(`a job appears that nobody asked for: ${path}`)
    this.world.watch.accepted(jobId, newJob(request, String(created.fields['chat']), created.createdAtMicros / 1000))
  }

  #ask(what: Asked, message: Message | undefined): void {
    if (!message) return
    const { jobId, name } = message
    const { watch, callers, turns } = this.world
    const text = `another text of ${name}, ${turns.nowMs}`
    const answered = watch.call(jobId, what, () => answerTo(what, watch.get(jobId), turns.nowMs))
    const answer = what === 'replace' ? callers.replace(jobId, text) : callers[what](jobId)
    void answer.then((given) => this.#answered(given, answered))
  }

  /** While the stores fail, a request may fail. */
  #answered(answer: string, check: (answer: string) => void): void {
    if (answer === 'unavailable' && this.world.turns.faults > 0) this.world.watch.note('the answer is unavailable')
    else check(answer)
  }

  #answer(nth: number, kind: AnswerKind): void {
    const { whatsapp } = this.world
    const messageId = whatsapp.waiting[nth % Math.max(1, whatsapp.waiting.length)]
    if (messageId === undefined) return
    if (kind === 'nothing') whatsapp.take(messageId)
    else whatsapp.answer(messageId, ANSWERS[kind])
  }

  #receipt(message: Message | undefined, type: 'delivered' | 'read'): void {
    const { whatsapp, watch } = this.world
    const sessionId = message && watch.get(message.jobId)?.sessionId
    // While an attempt begins, nobody outside can tell whether the owner takes the receipt for an answer to it.
    if (this.world.turns.waiting > 0) return
    if (sessionId && whatsapp.has(message.messageId)) this.world.ownerOf(sessionId)?.receipt(message.messageId, type)
  }
}

const ANSWERS: Record<Exclude<AnswerKind, 'nothing'>, Answer> = {
  ack: { error: null },
  refusal: { error: '479' },
  restriction: { error: '463' },
  'final refusal': { error: '400' },
  'missed devices': 'missed',
}

function newJob(request: NewRequest, chat: string, acceptedAt: number): ModelJob {
  const { session, text, priority, retryDelaysMs } = request
  const [sendAt, expiresAt] = [request.sendAt?.getTime() ?? null, request.expiresAt?.getTime() ?? null]
  const place = Math.max(acceptedAt, sendAt ?? 0)
  return {
    sessionId: sessionIdOf(session as 'a' | 'b'),
    chat,
    text,
    place,
    urgency: place - HEAD_START_MS[priority],
    status: 'pending',
    isQueued: sendAt === null || sendAt <= acceptedAt + AT_ONCE_MS,
    isArchived: false,
    sendAt,
    dueAt: null,
    wait: 0,
    expiresAt,
    delays: retryDelaysMs ?? DEFAULT_TENANT_SETTINGS.retries.delaysMs,
    attempts: 0,
    refusals: 0,
    generation: 0,
    answer: chat === NOBODY ? { error: 'not-on-whatsapp', at: 0 } : null,
    isOpen: false,
    isUncertain: false,
    isKnown: false,
    isReady: false,
    queuedAt: acceptedAt,
    leftAt: 0,
  }
}

/** A message whose time comes so soon is queued at once. */
const AT_ONCE_MS = 5000

const HEAD_START_MS = { high: 5 * MINUTE_MS, normal: 0, low: -30 * MINUTE_MS }

type Asked = 'cancel' | 'replace' | 'retry' | 'delete'

const HAPPENINGS = { cancel: 'canceled', replace: 'replaced', retry: 'retried', delete: 'archived', move: 'moved' } as const

/** Returns the right answer to a request about a job. */
function answerTo(what: Asked, job: ModelJob | undefined, now: number): string {
  if (!job) return 'unknown-message'
  const { status, isArchived, generation, expiresAt } = job
  const happening: Happening = { name: HAPPENINGS[what], by: 'functions', now, to: '' }
  if (after(job, happening)) return what === 'replace' && expiresAt !== null && expiresAt <= now ? 'invalid-time' : 'done'
  const isDone = {
    cancel: status === 'canceled',
    replace: false,
    retry: status === 'pending' && generation > 0,
    delete: isArchived,
  }
  if (isArchived && what !== 'delete') return 'message-archived'
  return isDone[what] ? 'done' : `cannot-${what}`
}

const isFinal = ({ status }: ModelJob): boolean => status !== 'pending' && status !== 'processing'

/** Returns the time until the next message becomes due, and a little more; at least a minute. */
function untilNext(jobs: readonly ModelJob[], nowMs: number): number {
  const times = jobs.filter((job) => !isFinal(job)).map(({ dueAt, sendAt, isQueued }) => (isQueued ? dueAt : sendAt) ?? 0)
  return Math.max(0, Math.min(...times.filter((time) => time > nowMs), nowMs + 10 * MINUTE_MS) - nowMs) + MINUTE_MS + 1000
}

import { textOfContent } from '@holdfast/core/message/content'
import { jobPath } from '@holdfast/core/message/job-document'
import { openJobContent } from '@holdfast/core/message/sealed-content'
import { jobDocumentSchema } from '@holdfast/core/message/job-document'
import { parseStored } from '@holdfast/core/platform/parse'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { after, type Happening, isNext, type ModelJob, owed } from './model.ts'
import { observe, shownByDocument, shownByModel } from './observed.ts'
import type { DocumentChange } from './store.ts'
import type { Frame } from './whatsapp.ts'

/** A request of a caller that is under way, and all answers that are right at some moment of it. */
interface Call {
  readonly jobId: string
  readonly answerNow: () => string
  readonly right: Set<string>
}

interface WatchOptions {
  readonly now: () => number
  readonly cipherOf: (sessionId: string) => SessionCipher
  /** The session of an owner, by its name. Every other actor belongs to the functions. */
  readonly sessionOf: (actor: string) => string | null
  readonly atOnce: (sessionId: string) => number
  /** Whether nothing has failed for a while. */
  readonly isCalm: () => boolean
  readonly onTaken: (jobId: string) => void
  /** The name of a job in the trace. */
  readonly nameOf: (jobId: string) => string
}

/** Compares everything that happens with the model: each commit, each frame, each answer to a caller. */
export class Watch {
  readonly #options: WatchOptions
  readonly #jobs = new Map<string, ModelJob>()
  /** The bytes that WhatsApp got of a message, from its session. */
  readonly #bytes = new Map<string, { readonly sessionId: string; readonly bytes: string }>()
  readonly #heardBy = new Map<string, string>()
  readonly #missed = new Set<string>()
  readonly #calls = new Set<Call>()
  readonly trace: string[] = []
  /** How often each thing happened. */
  readonly counts = new Map<string, number>()
  /** The first one is the one to look at. */
  readonly differences: string[] = []

  constructor(options: WatchOptions) {
    this.#options = options
  }

  get all(): readonly ModelJob[] {
    return [...this.#jobs.values()]
  }

  get(jobId: string): ModelJob | undefined {
    return this.#jobs.get(jobId)
  }

  note(line: string): void {
    this.trace.push(`${new Date(this.#options.now()).toISOString().slice(11, 23)} ${line}`)
  }

  #count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  differs(what: string): void {
    this.note(`DIFFERENCE: ${what}`)
    this.differences.push(what)
  }

  accepted(jobId: string, job: ModelJob): void {
    this.#jobs.set(jobId, job)
    this.#count('accepted')
    this.note(`${this.#options.nameOf(jobId)} is accepted`)
    this.#askCalls(jobId)
  }

  /** A commit has changed a job. */
  changed(jobId: string, actor: string, change: DocumentChange): void {
    const known = this.#jobs.get(jobId)
    if (!known || !change.after) return
    const by = this.#options.sessionOf(actor) ?? 'functions'
    const name = this.#options.nameOf(jobId)
    const textOf = () => this.#textOf(jobId, change)
    for (const observed of observe(change, known.status === 'processing', textOf)) {
      const job = this.#jobs.get(jobId) ?? known
      const happening: Happening = { ...observed, by, now: this.#options.now() }
      this.note(`${name} is ${observed.name} by ${actor}`)
      this.#count(observed.name)
      const next = after(job, happening)
      if (!next) return this.differs(`${name} must not be ${observed.name} by ${actor}: ${JSON.stringify(job)}`)
      if (observed.name === 'taken') {
        this.#missed.delete(`${actor} ${jobId}`)
        this.#options.onTaken(jobId)
      }
      // After a fault the owner may have put another one off.
      const atOnce = this.#options.isCalm() ? this.#options.atOnce(job.sessionId) : Number.POSITIVE_INFINITY
      if (observed.name === 'taken' && !isNext(job, this.all, atOnce)) {
        this.differs(`${name} is not the next one of its session`)
      }
      if (observed.name === 'moved') this.#bytes.delete(jobId)
      this.#jobs.set(jobId, next)
      this.#askCalls(jobId)
    }
    const [shown, expected] = [shownByDocument(change.after), shownByModel(this.#jobs.get(jobId) ?? known)]
    const [one, other] = [shown, expected].map((each) => JSON.stringify(each))
    if (one !== other) this.differs(`the document of ${name} is ${one}, and not ${other}`)
  }

  /** WhatsApp has got a message. */
  left(jobId: string, sessionId: string, { bytes }: Frame): void {
    const job = this.#jobs.get(jobId)
    const name = this.#options.nameOf(jobId)
    this.note(`WhatsApp gets ${name} from ${sessionId}`)
    this.#count('frames')
    if (!job) return this.differs(`${name} was sent and never accepted`)
    if (['pending', 'failed', 'canceled'].includes(job.status)) this.differs(`${name} is sent while it is ${job.status}`)
    if (job.sessionId !== sessionId) this.differs(`${name} is sent by ${sessionId}, and belongs to ${job.sessionId}`)
    const before = this.#bytes.get(jobId)
    if (before?.sessionId === sessionId && before.bytes !== bytes) this.differs(`${name} is sent again with other bytes`)
    if (!bytes.startsWith(`${job.text}#`)) this.differs(`${name} is sent with the text ${bytes} instead of ${job.text}`)
    this.#bytes.set(jobId, { sessionId, bytes })
  }

  /** An owner hears WhatsApp's answer. Only the first one counts until the owner has acted on it. */
  heard(jobId: string, error: string | null, owner: string): void {
    const job = this.#jobs.get(jobId)
    const isFirst = !job?.answer || this.#heardBy.get(jobId) !== owner
    this.#heardBy.set(jobId, owner)
    this.note(`${owner} hears that ${this.#options.nameOf(jobId)} ${error === null ? 'has arrived' : `is refused: ${error}`}`)
    if (job && isFirst) this.#jobs.set(jobId, { ...job, answer: { error, at: this.#options.now() } })
  }

  /** An owner hears that a message missed some devices. It sends it once more, and the next time it takes that for an ack. */
  missed(jobId: string, owner: string): void {
    const key = `${owner} ${jobId}`
    if (this.#missed.has(key)) return this.heard(jobId, null, owner)
    this.note(`${owner} hears that ${this.#options.nameOf(jobId)} missed some devices`)
    this.#missed.add(key)
  }

  /** Begins a request. Returns what takes its answer. */
  call(jobId: string, what: string, answerNow: () => string): (answer: string) => void {
    const call: Call = { jobId, answerNow, right: new Set([answerNow()]) }
    this.#calls.add(call)
    this.note(`somebody asks to ${what} ${this.#options.nameOf(jobId)}`)
    return (answer) => {
      this.#calls.delete(call)
      this.#count(answer === 'done' ? 'answers' : 'refusals')
      this.note(`the answer is ${answer}`)
      if (call.right.add(answerNow()).has(answer)) return
      this.differs(`the answer to ${what} ${this.#options.nameOf(jobId)} is ${answer}, and not ${[...call.right].join(' or ')}`)
    }
  }

  /** Everything has come to rest: the owner knows the jobs of its session and, once it is connected, has taken those it owes. */
  rested(sessionId: string, isConnected: boolean): void {
    const late = isConnected ? owed(this.all, sessionId, this.#options.now()) : []
    const onWire = this.all.filter((job) => job.sessionId === sessionId && job.status === 'processing').length
    if (late.length > 0 && onWire < this.#options.atOnce(sessionId)) {
      const names = [...this.#jobs].flatMap(([id, job]) => (late.includes(job) ? this.#options.nameOf(id) : []))
      this.differs(`${sessionId} does not send ${names.join(' and ')}`)
    }
    for (const [id, job] of this.#jobs) {
      if (job.sessionId === sessionId && job.isQueued) this.#jobs.set(id, { ...job, isKnown: true, isReady: late.includes(job) })
    }
  }

  #askCalls(jobId: string): void {
    for (const call of this.#calls) if (call.jobId === jobId) call.right.add(call.answerNow())
  }

  #textOf(jobId: string, { after: found }: DocumentChange): string {
    if (!found) return ''
    const job = parseStored(jobDocumentSchema, found.fields, jobPath(jobId))
    return textOfContent(openJobContent(this.#options.cipherOf(job.sessionId), jobId, job)) ?? ''
  }
}

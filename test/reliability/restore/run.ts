import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { createLogger } from '@holdfast/core/platform/logging'
import { WrappingKey } from '@holdfast/core/security/envelope'
import type { Principal } from '../../../functions/src/app/principal.ts'
import { Refusal } from '../../../functions/src/use-cases/refusal.ts'
import { restoreSession } from '../../../functions/src/use-cases/restore-session.ts'
import { SeededRandom } from '../../../sandbox/network/seeded-random.ts'
import { damage, type Damaged } from './damage.ts'
import { foresee, type Foreseen } from './foresee.ts'
import { DrilledSession, type Life } from './session.ts'
import { Stores } from './stores.ts'
import { missingSince, repair, storedOf, type Stored } from './stored.ts'

/** What became of one damaged session. */
export interface Drilled {
  readonly seed: number
  /** Null when the case was cut short. */
  readonly end: 'lossless' | 'waiting' | null
  readonly what: readonly string[]
  /** What should have been otherwise. Empty when all was right. */
  readonly wrong: readonly string[]
  readonly undecryptable: number
  readonly newIdentity: number
  readonly deleted: number
}

const OPERATOR: Principal = { key: 'operator', tenant: 'default', role: 'operator', sessions: 'all', requestsPerMinute: null }

/** Lets a session live, damages it, and sees what the next runner, the API and an operator make of it. */
export async function drill(seed: number, other: Stored): Promise<Drilled> {
  const random = new SeededRandom(seed)
  const wrappingKey = new WrappingKey(randomBytes(32))
  const stores = new Stores()
  const session = new DrilledSession({ stores, wrappingKey, random: random.fork(), name: 'main' })
  const image = await pastOf(session, random)
  const whole = storedOf(session)
  const damaged = await damage({ random, session, whole, other })
  const drilled = new Drill({ session, random, whole, damaged, image, wrappingKey })
  await drilled.run()
  return { seed, ...drilled.result }
}

/** What the stores have of a session whose owner made it for the others. */
export async function otherSession(): Promise<Stored> {
  const random = new SeededRandom(1)
  const session = new DrilledSession({
    stores: new Stores(),
    wrappingKey: new WrappingKey(randomBytes(32)),
    random,
    name: 'other',
  })
  await pastOf(session, random)
  return storedOf(session)
}

/** Two to four owners in turn. */
async function pastOf(session: DrilledSession, random: SeededRandom): Promise<StateImage> {
  await session.create()
  const live = () => session.live(Math.floor(random.between(4, 14)), random.chance(0.6) ? 'leaves' : 'dies')
  let image = await live()
  for (let left = Math.floor(random.between(1, 4)); left > 0; left--) image = await live()
  return image
}

class Drill {
  readonly #given
  readonly #foreseen: Foreseen
  readonly #wrong: string[] = []
  #end: Drilled['end'] = null
  #undecryptable = 0
  #newIdentity = 0
  #deleted = 0

  constructor(given: {
    session: DrilledSession
    random: SeededRandom
    whole: Stored
    damaged: Damaged
    image: StateImage
    wrappingKey: WrappingKey
  }) {
    this.#given = given
    this.#foreseen = foresee(given.whole, given.damaged, given.session.linkedAt)
  }

  get result(): Omit<Drilled, 'seed'> {
    return {
      end: this.#end,
      what: this.#given.damaged.what,
      wrong: this.#wrong,
      undecryptable: this.#undecryptable,
      newIdentity: this.#newIdentity,
      deleted: this.#deleted,
    }
  }

  async run(): Promise<void> {
    const { session, random } = this.#given
    const before = storedOf(session)
    const life = await session.begin()
    await session.stores.until(() => life.runner.dials.length > 0 || this.#waits, 'a dial or a reason')
    this.#checkNothingDeleted(before)
    this.#end = this.#waits ? 'waiting' : 'lossless'
    const { reasons } = this.#foreseen
    const found = this.#waits ? String(session.document['reason']) : 'no loss'
    const right: readonly string[] = reasons.length === 0 ? ['no loss'] : reasons
    if (!right.includes(found)) this.#wrong.push(`It ends with ${found}, not with ${right.join(' or ')}.`)
    if (!this.#waits) return this.#goOn(life, 'lossless')
    if (life.runner.dials.length > 0) this.#wrong.push('It dialled although it waits.')
    const isRestorable = await this.#checkEstimate()
    if (isRestorable && random.chance(0.6)) await this.#approve(life, before)
    else await this.#repair(life)
  }

  get #waits(): boolean {
    return this.#given.session.document['state'] === 'NEEDS_ATTENTION'
  }

  /** Talks to everybody, dies or leaves, and talks again under the next owner. */
  async #goOn(life: Life, how: 'lossless' | 'restored'): Promise<void> {
    const { session, random, image } = this.#given
    if (how === 'lossless') this.#checkSame(image, life)
    for (let current = life, round = 1; ; round++) {
      const device = session.device(current)
      if (device.isNew || session.isOther(device)) this.#newIdentity++
      const { undecryptable, askedAgain, unreadable, repeated } = await session.talkToEach(device, current)
      this.#undecryptable += undecryptable
      if (unreadable > 0) this.#wrong.push(`${unreadable} messages could not be read even when they were sent again.`)
      if (repeated > 0) this.#wrong.push(`${repeated} pre-keys have numbers of earlier ones.`)
      if (how === 'lossless' && askedAgain > 0) this.#wrong.push(`${askedAgain} messages had to be sent again.`)
      await session.end(current, random.chance(0.5) ? 'leaves' : 'dies')
      if (round === 2) return
      current = await session.begin()
      const { runner } = current
      await session.stores.until(() => runner.dials.length > 0, 'a dial of the next owner')
    }
  }

  #checkSame(image: StateImage, { given }: Life): void {
    const now = given?.state.image
    for (const kind of KINDS_OF_KEYS) {
      const [was, is] = [image, now].map((one) => Object.fromEntries(one?.entries(kind) ?? []))
      if (!isDeepStrictEqual(was, is)) this.#wrong.push(`The values of ${kind} are not those of before.`)
    }
    if (image.creds !== now?.creds) this.#wrong.push('The credentials are not those of before.')
  }

  async #plan(approve: boolean) {
    const { session, wrappingKey } = this.#given
    const { stores } = session
    const logger = createLogger('test', 'silent')
    const needed = { documents: stores, objects: stores.objects, journals: new DocumentJournals(stores), wrappingKey, logger }
    return restoreSession(needed, OPERATOR, { name: 'main', approve })
  }

  /** Compares what the API says of the loss with what was taken away. Returns whether there is something to approve. */
  async #checkEstimate(): Promise<boolean> {
    const { session, whole } = this.#given
    const { reaches, isRestorable, reasons } = this.#foreseen
    const mayRestore = isRestorable && !reasons.includes('journal-missing')
    try {
      const { body } = await this.#plan(false)
      if (!('wouldLose' in body)) throw new Error('The plan has no loss.')
      const { after, upTo, records } = body.wouldLose
      const ownClaims = [...storedOf(session).records.keys()].filter((seq) => seq > whole.end).length
      const [found, right] = [
        [after, upTo, records],
        [reaches, whole.end + ownClaims, whole.end + ownClaims - reaches],
      ].map((numbers) => numbers.join())
      if (found !== right) this.#wrong.push(`The estimate is ${found}, not ${right}.`)
      if (!reasons.some((one) => one === body.reason)) this.#wrong.push(`The estimate gives the reason ${body.reason}.`)
      if (!mayRestore) this.#wrong.push('The API offers a restore without credentials.')
      return mayRestore
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (mayRestore) this.#wrong.push(`The API refuses a restore that can be made: ${error.message}`)
      return false
    }
  }

  async #approve(life: Life, before: Stored): Promise<void> {
    const { session } = this.#given
    const { outcome, body } = await this.#plan(true)
    if (outcome !== 'requested') throw new Error('No restore was requested.')
    const path = `recovery_actions/${body.action.id}`
    const stateNow = () => session.stores.fieldsOf(path)?.['state']
    await session.stores.until(() => !['pending', 'running'].includes(String(stateNow())), 'the end of the restore')
    if (stateNow() !== 'done') {
      this.#wrong.push(`The approved restore ended: ${JSON.stringify(session.stores.fieldsOf(path)?.['result'])}`)
      return session.end(life, 'leaves')
    }
    await session.stores.until(() => life.runner.dials.length > 0, 'a dial after the restore')
    this.#checkNothingDeleted(before)
    await this.#goOn(life, 'restored')
  }

  /** An operator brings everything back. */
  async #repair(life: Life): Promise<void> {
    const { session, whole } = this.#given
    await session.end(life, 'leaves')
    await repair(session, whole, storedOf(session))
    const next = await session.begin()
    await session.stores
      .until(() => next.runner.dials.length > 0, 'a dial after the repair')
      .catch(() => {
        this.#wrong.push(`It does not go on after the repair: ${String(session.document['reason'])}.`)
      })
    if (next.runner.dials.length > 0) await this.#goOn(next, 'lossless')
    else await session.end(next, 'leaves')
  }

  #checkNothingDeleted(before: Stored): void {
    const { records, objects } = missingSince(before, storedOf(this.#given.session))
    this.#deleted += records.length + objects.length
  }
}

/** What a message needs, and a contact's keys. Records of the owner's own work are not among them. */
const KINDS_OF_KEYS = ['session', 'pre-key', 'sender-key', 'sender-key-memory', 'lid-mapping', 'identity-key'] as const

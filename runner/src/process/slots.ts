import { unlessChanged } from '@holdfast/core/platform/unless-changed'
import { RUNNERS, type RunnerDocument, runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import { RUNNER_SLOTS, runnerSlotPath, runnerSlotSchema } from '@holdfast/core/operations/runner-slot-document'
import { type Clock, type DocumentSnapshot, type DocumentStore, SERVER_TIME } from '@holdfast/core/platform/ports'
import type { TakenSlot } from '../supervisor/heartbeat.ts'

/*
 * A platform like Cloud Run names no container, so that a process cannot know its predecessor. It takes a numbered slot instead. A slot
 * is held by one runner: taking it is a create, or a change in the version that was read, in the commit that registers the runner. Whether
 * a holder is dead is judged by Firestore's times alone.
 *
 * holder                                  slot     what the next process does
 * has no document any more                free     takes it and counts nothing: the holder left in order
 * has been silent for too long            left     takes it first of all, and counts the holder's end
 * drains                                  held     takes another one: the holder leaves in order, or its place is another process's
 * has renewed its heartbeat meanwhile     held     takes another one
 * neither                                 unclear  waits: the holder may be the process that died a moment ago
 */

/** A slot with its holder, as one look found them. */
export interface SlotSeen {
  readonly number: number
  /** Null when the holder has no document. */
  readonly holder: HolderSeen | null
}

export interface HolderSeen {
  readonly document: RunnerDocument
  readonly updatedAtMicros: number
  readonly silentForMs: number
}

export interface SlotChoice {
  readonly number: number
  /** The dead holder whose end counts. Null: nobody's end counts. */
  readonly inherits: RunnerDocument | null
}

/**
 * Chooses a slot. Null: somebody has to be waited for.
 *
 * @param first the times of the last change of each holder at the first look, by slot
 */
export function chooseSlot(slots: readonly SlotSeen[], first: ReadonlyMap<number, number>, maySkip: boolean): SlotChoice | null {
  const inOrder = slots.toSorted((one, other) => one.number - other.number)
  const left = inOrder.find(({ holder }) => holder && isDead(holder))
  if (left) return { number: left.number, inherits: left.holder?.document ?? null }
  const isUnclear = ({ number, holder }: SlotSeen): boolean =>
    holder !== null && holder.document.state === 'active' && (first.get(number) ?? 0) >= holder.updatedAtMicros
  if (!maySkip && inOrder.some(isUnclear)) return null
  const free = inOrder.find(({ holder }) => holder === null)
  return { number: free?.number ?? firstUnused(inOrder.map(({ number }) => number)), inherits: null }
}

const isDead = ({ silentForMs, document }: HolderSeen): boolean => silentForMs > document.deadAfterMs

function firstUnused(used: readonly number[]): number {
  let number = 1
  while (used.includes(number)) number++
  return number
}

const LOOK_EVERY_MS = 500

/** A holder with a longer limit than this is not waited for. */
const LONGEST_WAIT_MS = 60_000

/** Finds slots for one runner. The caller commits the change that takes the slot. */
export class Slots {
  readonly #documents: DocumentStore
  readonly #clock: Clock
  readonly #runnerId: string
  /** The times of the last change of each holder at the first look, by slot, and when that was. */
  #first: { readonly holders: ReadonlyMap<number, number>; readonly at: number } | null = null

  constructor(options: { documents: DocumentStore; clock: Clock; runnerId: string }) {
    this.#documents = options.documents
    this.#clock = options.clock
    this.#runnerId = options.runnerId
  }

  /**
   * Finds the slot of a process that starts, and the holder whose end it has to count. Waits for holders that may be dead. Called again
   * when another process took the slot first: a holder that registered since the first look is alive.
   */
  async find(leaving: AbortSignal): Promise<{ slot: TakenSlot; inherits: RunnerDocument | null }> {
    for (;;) {
      const { slots, documents } = await this.#look()
      this.#first ??= {
        holders: new Map(slots.map(({ number, holder }) => [number, holder?.updatedAtMicros ?? 0])),
        at: this.#clock.monotonic(),
      }
      const maySkip = leaving.aborted || this.#clock.monotonic() - this.#first.at > LONGEST_WAIT_MS
      const choice = chooseSlot(slots, this.#first.holders, maySkip)
      if (choice) return { slot: this.#taking(choice.number, documents), inherits: choice.inherits }
      await this.#clock.sleep(LOOK_EVERY_MS, 'start', leaving)
    }
  }

  /** Finds a slot for a runner that was taken for dead and lost its own. Null: it still has it. */
  async findAgain(own: number): Promise<TakenSlot | null> {
    const { slots, documents } = await this.#look()
    if (documents.get(own)?.fields['runnerId'] === this.#runnerId) return null
    const free = slots.filter(({ holder }) => holder === null).map(({ number }) => number)
    return this.#taking(free.length > 0 ? Math.min(...free) : firstUnused(slots.map(({ number }) => number)), documents)
  }

  async #look(): Promise<{ slots: readonly SlotSeen[]; documents: ReadonlyMap<number, DocumentSnapshot> }> {
    // Slots first: each holder that they name has its document by then.
    const found = await this.#documents.query({ collection: RUNNER_SLOTS })
    const runners = new Map((await this.#documents.query({ collection: RUNNERS })).map((runner) => [runner.id, runner]))
    const slots = found.flatMap((snapshot): SlotSeen[] => {
      const number = Number(snapshot.id)
      const slot = runnerSlotSchema.safeParse(snapshot.fields).data
      if (!Number.isSafeInteger(number) || number < 1) return []
      // A slot that cannot be read is as good as one whose holder has left.
      return [{ number, holder: slot ? holderOf(runners.get(slot.runnerId)) : null }]
    })
    return { slots, documents: new Map(found.map((snapshot) => [Number(snapshot.id), snapshot])) }
  }

  #taking(number: number, documents: ReadonlyMap<number, DocumentSnapshot>): TakenSlot {
    const path = runnerSlotPath(number)
    const fields = { v: 1, runnerId: this.#runnerId, takenAt: SERVER_TIME }
    return { number, change: unlessChanged(path, documents.get(number), fields) }
  }
}

function holderOf(runner: DocumentSnapshot | undefined): HolderSeen | null {
  const document = runner && runnerDocumentSchema.safeParse(runner.fields).data
  return document ? { document, updatedAtMicros: runner.updatedAtMicros, silentForMs: runner.silentForMs } : null
}

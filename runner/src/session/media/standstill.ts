import type { ByteRange, Bytes, ObjectStreams } from '@holdfast/core/platform/object-streams'
import { within } from '@holdfast/core/platform/deadlines'
import type { Clock } from '@holdfast/core/platform/ports'

/** The time without progress after which a request to the object store is given up. Google's client waits without end. */
const SILENCE_MS = 20_000

/** Returns the store of media with an end to each wait. What was given up may still take effect. */
export function withoutStandstill(store: ObjectStreams, clock: Clock): ObjectStreams {
  return {
    createFrom: (name, bytes) => created(store, clock, name, bytes),
    sizeOf: (name) => within(clock, SILENCE_MS, store.sizeOf(name)),
    readRange: (name, range) => read(store, clock, name, range),
    createdBefore: (prefix, time) => store.createdBefore(prefix, time),
    remove: (name) => within(clock, SILENCE_MS, store.remove(name)),
  }
}

/** The bytes may take their time to come: whoever gives them has limits. The store may not take long to want more, or to end. */
async function created(store: ObjectStreams, clock: Clock, name: string, bytes: Bytes): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  let cancel = (): void => {}
  const wait = (): void => {
    cancel = clock.after(SILENCE_MS, () => reject(new Error('The object store has come to a standstill.')), 'media')
  }
  const watched = async function* () {
    cancel()
    for await (const part of bytes) {
      wait()
      yield part
      cancel()
    }
    wait()
  }
  try {
    wait()
    await Promise.race([store.createFrom(name, watched()), late])
  } finally {
    cancel()
  }
}

async function* read(store: ObjectStreams, clock: Clock, name: string, range: ByteRange): AsyncGenerator<Uint8Array> {
  const parts = store.readRange(name, range)[Symbol.asyncIterator]()
  let isPending = false
  try {
    for (;;) {
      isPending = true
      const { done, value } = await within(clock, SILENCE_MS, parts.next())
      isPending = false
      if (done === true) return
      yield value
    }
  } finally {
    // A read that hangs would let this wait as well.
    const ended = parts.return?.()
    if (isPending) ended?.catch(() => {})
    else await ended
  }
}

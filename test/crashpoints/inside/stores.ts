import { setTimeout as pause } from 'node:timers/promises'
import { FirestoreDocuments } from '@holdfast/core/gcp/firestore-documents'
import { StorageObjects } from '@holdfast/core/gcp/storage-objects'
import { nameOfNews, nameOfObject, nameOfQuery, nameOfRead, namesOfCommit } from '../labels.ts'
import { die, fired, pass } from './points.ts'

const SLOW_MS = 1_500
const NEVER = new Promise<never>(() => {})

/** As Google's clients report that a service is away, and that it did not answer in time. */
const unavailable = () => Object.assign(new Error('14 UNAVAILABLE: a fault at a crash point'), { code: 14 })
const unanswered = () => Object.assign(new Error('4 DEADLINE_EXCEEDED: a fault at a crash point'), { code: 4 })

/** One question to a store; `spoiled` is how it goes when what it moves is torn. */
async function step<T>(labels: readonly string[], work: () => Promise<T>, spoiled = work): Promise<T> {
  const fault = pass(labels)
  switch (fault) {
    case null:
      return await work()
    case 'die-before':
      return die()
    case 'die-after':
      await work()
      return die()
    case 'fail':
      fired()
      throw unavailable()
    case 'fail-after':
      await work()
      fired()
      throw unanswered()
    case 'hang':
      fired()
      return await NEVER
    case 'slow':
      fired()
      await pause(SLOW_MS)
      return await work()
    case 'torn':
      fired()
      return await spoiled()
  }
}

function watchDocuments(): void {
  const { commit, read, query, listen } = FirestoreDocuments.prototype
  Object.assign(FirestoreDocuments.prototype, {
    commit(this: FirestoreDocuments, changes: Parameters<typeof commit>[0]) {
      return step(namesOfCommit(changes), () => commit.call(this, changes))
    },
    read(this: FirestoreDocuments, path: string) {
      return step([nameOfRead(path)], () => read.call(this, path))
    },
    query(this: FirestoreDocuments, asked: Parameters<typeof query>[0]) {
      return step([nameOfQuery(asked)], () => query.call(this, asked))
    },
    listen(this: FirestoreDocuments, ...[asked, onEvents, onError]: Parameters<typeof listen>) {
      const label = nameOfNews(asked)
      let stopped = false
      const stop = listen.call(
        this,
        asked,
        (events) => {
          const fault = pass([label])
          if (fault === 'die-before') die()
          if (fault === 'fail') {
            // As when Firestore ends a listener: nothing comes any more, and whoever listens is told.
            fired()
            stopped = true
            stop()
            return onError(unavailable())
          }
          if (fault === 'slow') {
            fired()
            return void setTimeout(() => stopped || onEvents(events), SLOW_MS)
          }
          if (!stopped) onEvents(events)
          if (fault === 'die-after') die()
        },
        onError,
      )
      return () => {
        stopped = true
        stop()
      }
    },
  })
}

const half = (bytes: Buffer): Buffer => bytes.subarray(0, Math.floor(bytes.length / 2))

function watchObjects(): void {
  const { create, read, list } = StorageObjects.prototype
  Object.assign(StorageObjects.prototype, {
    create(this: StorageObjects, name: string, bytes: Buffer) {
      const torn = () => create.call(this, name, half(bytes))
      return step([nameOfObject('create', name)], () => create.call(this, name, bytes), torn)
    },
    read(this: StorageObjects, name: string, generation?: string) {
      const whole = () => read.call(this, name, generation)
      return step([nameOfObject('read', name)], whole, async () => {
        const found = await whole()
        return found && { ...found, bytes: half(found.bytes) }
      })
    },
    list(this: StorageObjects, prefix: string) {
      return step([nameOfObject('list', prefix)], () => list.call(this, prefix))
    },
  })
}

export function watchStores(): void {
  watchDocuments()
  watchObjects()
}

import { FirestoreDocuments } from '@holdfast/core/adapters/google/firestore-documents'
import { StorageObjects } from '@holdfast/core/adapters/google/storage-objects'
import { nameOfNews, nameOfObject, nameOfQuery, nameOfRead, namesOfCommit } from '../labels.ts'
import { die, fired, pass } from './points.ts'
import { replace } from './replace.ts'
import { step, unavailable } from './step.ts'

/** A late delivery of a listener comes after this time. */
const SLOW_MS = 1_500

function watchDocuments(): void {
  const documents = FirestoreDocuments.prototype
  replace(documents, 'commit', (commit) => {
    return function (this: FirestoreDocuments, changes) {
      return step(namesOfCommit(changes), () => commit.call(this, changes))
    }
  })
  replace(documents, 'read', (read) => {
    return function (this: FirestoreDocuments, path) {
      return step([nameOfRead(path)], () => read.call(this, path))
    }
  })
  replace(documents, 'query', (query) => {
    return function (this: FirestoreDocuments, asked) {
      return step([nameOfQuery(asked)], () => query.call(this, asked))
    }
  })
  replace(documents, 'listen', (listen) => {
    return function (this: FirestoreDocuments, asked, onEvents, onError) {
      return listenAtPoints(nameOfNews(asked), (guarded) => listen.call(this, asked, guarded(onEvents), onError), onError)
    }
  })
}

type OnEvents = Parameters<FirestoreDocuments['listen']>[1]

/** Makes each delivery of a listener a point. */
function listenAtPoints(
  label: string,
  listen: (guarded: (onEvents: OnEvents) => OnEvents) => () => void,
  onError: (error: unknown) => void,
): () => void {
  let isOver = false
  const end = () => {
    isOver = true
    stop()
  }
  const stop = listen((onEvents) => (events) => {
    const deliver = () => isOver || onEvents(events)
    const fault = pass([label])
    if (fault === 'die-before') die()
    if (fault === 'fail') {
      // Imitates Firestore ending a listener: it delivers no more events and reports an error.
      fired()
      end()
      return onError(unavailable())
    }
    if (fault === 'slow') {
      fired()
      return void setTimeout(deliver, SLOW_MS)
    }
    deliver()
    if (fault === 'die-after') die()
  })
  return end
}

const half = (bytes: Buffer): Buffer => bytes.subarray(0, Math.floor(bytes.length / 2))

function watchObjects(): void {
  const objects = StorageObjects.prototype
  replace(objects, 'create', (create) => {
    return function (this: StorageObjects, name, bytes) {
      const torn = () => create.call(this, name, half(bytes))
      return step([nameOfObject('create', name)], () => create.call(this, name, bytes), torn)
    }
  })
  replace(objects, 'read', (read) => {
    return function (this: StorageObjects, name, generation) {
      const whole = () => read.call(this, name, generation)
      return step([nameOfObject('read', name)], whole, async () => {
        const found = await whole()
        return found && { ...found, bytes: half(found.bytes) }
      })
    }
  })
  replace(objects, 'list', (list) => {
    return function (this: StorageObjects, prefix) {
      return step([nameOfObject('list', prefix)], () => list.call(this, prefix))
    }
  })
}

export function watchStores(): void {
  watchDocuments()
  watchObjects()
}

import { createFirestoreClients } from '@holdfast/core/adapters/google/clients'
import { problemOf } from '@holdfast/core/operations/store-report'
import { createLogger } from '@holdfast/core/platform/logging'
import { logUncaughtErrors } from '@holdfast/core/platform/uncaught-errors'

/** Asks Firestore, and listens to it, without credentials; logs what a runner would say about the errors. */

const logger = createLogger('without-credentials', 'debug')
logUncaughtErrors(logger)
const { documents } = createFirestoreClients({ projectId: 'demo-credentials' })
const log = (error: unknown): void => {
  const { sentence, advice } = problemOf('Firestore', error)
  logger.warn({ error }, `${sentence} ${advice}`)
}
const listened = new Promise<void>((resolve) => {
  const onError = (error: unknown): void => {
    log(error)
    resolve()
  }
  documents.listen({ collection: 'some' }, () => {}, onError)
})
await documents.read('some/document').catch(log)
await listened
process.exit(0)

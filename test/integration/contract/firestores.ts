import { ServerCredentials } from '@grpc/grpc-js'
import { createLightFirestore } from '../../bench/light-firestore/server.ts'
import { type FirestoreUnderTest, openProject, startFirestore } from '../../support/firestore-under-test.ts'

interface Firestore {
  readonly name: string
  readonly start: () => Promise<FirestoreUnderTest>
}

/** What has to do what the product relies on in Firestore, the service itself or its emulator first. */
export const FIRESTORES: readonly Firestore[] = [
  { name: 'Firestore', start: startFirestore },
  // The real service is tested by itself.
  ...(process.env['HOLDFAST_CONTRACT_FIRESTORE']
    ? []
    : [{ name: 'the light Firestore of the bench', start: () => startLightFirestore() }]),
]

/** Opens a database of a light Firestore in this process. */
export async function startLightFirestore(latencyMs = 0): Promise<FirestoreUnderTest> {
  const server = createLightFirestore(latencyMs)
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port)))
  const firestore = openProject(`127.0.0.1:${await promise}`)
  return {
    ...firestore,
    async [Symbol.asyncDispose]() {
      await firestore[Symbol.asyncDispose]()
      server.forceShutdown()
    },
  }
}

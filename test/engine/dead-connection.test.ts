import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFirestoreClients, type ConnectionProbes, type FirestoreClients } from '@holdfast/core/gcp/clients'
import { type FirestoreUnderTest, startFirestore } from '../firestore-under-test.ts'
import { TcpProxy } from '../sandbox/network/tcp-proxy.ts'
import { freePort } from '../sandbox/ports.ts'

const ADDRESS = 'FIRESTORE_EMULATOR_HOST'

let firestore: FirestoreUnderTest
let proxy: TcpProxy
let opened: FirestoreClients[]
const direct = process.env[ADDRESS]

beforeEach(async () => {
  opened = []
  firestore = await startFirestore()
  proxy = await TcpProxy.start(await freePort(), Number(firestore.address.split(':').at(-1)))
  process.env[ADDRESS] = `127.0.0.1:${proxy.port}`
})

afterEach(async () => {
  for (const clients of opened) await clients.close()
  await proxy.close()
  await firestore[Symbol.asyncDispose]()
  if (direct === undefined) delete process.env[ADDRESS]
  else process.env[ADDRESS] = direct
})

function openClients(probes: Partial<ConnectionProbes>) {
  const never = { everyMs: 60_000, answeredWithinMs: 60_000, silentMs: 60_000 }
  const clients = createFirestoreClients({ projectId: firestore.projectId, probes: { ...never, ...probes } })
  opened.push(clients)
  return { read: () => clients.documents.read('runners/nobody'), documents: clients.documents }
}

test('a connection to Firestore that is dead without a word is given up, and the next one works', async () => {
  const { read } = openClients({ everyMs: 300, answeredWithinMs: 300 })
  expect(await read()).toBeNull()
  await proxy.change({ how: 'hang' })
  const asked = read().catch(() => null)
  await proxy.change({ how: 'pass' })
  expect(await asked).toBeNull()
  expect(await read()).toBeNull()
})

test('one that dies while it is made is not waited for; listeners are told to begin anew', async () => {
  await proxy.change({ how: 'hang' })
  const { read, documents } = openClients({ silentMs: 1000 })
  const failed = new Promise((resolve) => documents.listen({ collection: 'runners' }, () => {}, resolve))
  const lost = read().catch(() => null)
  await expect.poll(() => proxy.counts.accepted).toBeGreaterThan(0)
  await proxy.change({ how: 'pass' })
  await failed
  expect(await read()).toBeNull()
  // What was asked of the old one ends with it, however.
  void lost
})

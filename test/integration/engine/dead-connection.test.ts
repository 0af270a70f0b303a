import { setTimeout } from 'node:timers/promises'
import { Firestore } from '@google-cloud/firestore'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFirestoreClients, type ConnectionProbes, type FirestoreClients } from '@holdfast/core/adapters/google/clients'
import { RenewedFirestore } from '@holdfast/core/adapters/google/renewed-firestore'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'
import { TcpProxy } from '../../../sandbox/network/tcp-proxy.ts'
import { freePort } from '../../../sandbox/ports.ts'

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

test('a silently dead connection to Firestore is given up, and the next one works', async () => {
  const { read } = openClients({ everyMs: 300, answeredWithinMs: 300 })
  expect(await read()).toBeNull()
  await proxy.change({ how: 'hang' })
  const asked = read().catch(() => null)
  await proxy.change({ how: 'pass' })
  expect(await asked).toBeNull()
  expect(await read()).toBeNull()
})

test('a connection that dies in its handshake is replaced, and its requests and listeners fail', async () => {
  await proxy.change({ how: 'hang' })
  const { read, documents } = openClients({ silentMs: 1000 })
  let failures = 0
  documents.listen(
    { collection: 'runners' },
    () => {},
    () => failures++,
  )
  const asked = expect(read()).rejects.toThrow('did not answer')
  await expect.poll(() => proxy.counts.accepted).toBeGreaterThan(0)
  await expect.poll(() => failures).toBe(1)
  await asked
  await proxy.change({ how: 'pass' })
  expect(await read()).toBeNull()
})

test('a listener that gets no first result fails although requests are answered, and one that got it stays', async () => {
  const { read, documents } = openClients({ silentMs: 500 })
  const failures: unknown[] = []
  const heard = vi.fn<() => void>()
  const end = documents.listen({ collection: 'runners' }, heard, (error) => failures.push(error))
  await expect.poll(() => heard.mock.calls.length).toBeGreaterThan(0)
  const connection = new RenewedFirestore(() => new Firestore({ projectId: firestore.projectId }), 500, systemClock)
  const ended = vi.fn<() => void>()
  const failed = new Promise<unknown>((resolve) => void connection.listen(() => ended, resolve))
  expect(await read()).toBeNull()
  expect(await failed).toMatchObject({ message: expect.stringContaining('did not answer a listener') })
  expect(ended).toHaveBeenCalledOnce()
  expect(failures).toEqual([])
  end()
  await connection.close()
})

test('a replaced client ends only after its last request, because it may retry that request', async () => {
  const made: Firestore[] = []
  const make = () => {
    made.push(new Firestore({ projectId: firestore.projectId }))
    return made.at(-1)!
  }
  const connection = new RenewedFirestore(make, 50, systemClock)
  const { promise: answer, resolve } = Promise.withResolvers<void>()
  await expect(connection.ask(() => answer)).rejects.toThrow('did not answer')
  expect(made).toHaveLength(2)
  const old = made[0]!.doc('runners/nobody')
  await expect(old.set({ isAlive: true })).resolves.toBeDefined()
  resolve()
  await answer
  await expect(old.set({})).rejects.toThrow('terminated')
  await connection.close()
})

test('a connection that answers is kept, however long requests are under way', async () => {
  const { read, documents } = openClients({ silentMs: 1000 })
  let failures = 0
  const stop = documents.listen(
    { collection: 'runners' },
    () => {},
    () => failures++,
  )
  const isOver = performance.now() + 5000
  while (performance.now() < isOver) await Promise.all([read(), read()]).catch(() => failures++)
  stop()
  expect(failures).toBe(0)
})

test('a closed client is not replaced because of a request that is still under way', async () => {
  const made: Firestore[] = []
  const make = () => {
    made.push(new Firestore({ projectId: firestore.projectId }))
    return made.at(-1)!
  }
  const connection = new RenewedFirestore(make, 50, systemClock)
  const { promise: answer, resolve } = Promise.withResolvers<void>()
  const { promise: never } = Promise.withResolvers<void>()
  void connection.ask(() => never)
  const asked = connection.ask(() => answer)
  await connection.close()
  resolve()
  await asked
  await setTimeout(200)
  expect(made).toHaveLength(1)
})

test('a closed client ends after its last request, and refuses further ones', async () => {
  const client = new Firestore({ projectId: firestore.projectId })
  // On a busy machine the request may take longer than the moment that it is given.
  const patient = { ...systemClock, after: () => () => {} }
  const connection = new RenewedFirestore(() => client, 60_000, patient)
  const asked = connection.ask((open) => open.doc('runners/nobody').get())
  const closed = connection.close()
  await expect(connection.ask((open) => open.doc('runners/nobody').get())).rejects.toMatchObject({ code: 'unavailable' })
  expect((await asked).exists).toBe(false)
  await closed
  await expect(client.doc('runners/nobody').set({})).rejects.toThrow('terminated')
})

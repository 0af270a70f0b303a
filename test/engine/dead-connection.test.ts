import { expect, test } from 'vitest'
import { createFirestoreClients } from '@holdfast/core/gcp/clients'
import { startFirestore } from '../firestore-under-test.ts'
import { freePort } from '../sandbox/ports.ts'
import { TcpProxy } from '../sandbox/network/tcp-proxy.ts'

test('a connection to Firestore that is dead without a word is given up, and the next one works', async () => {
  await using firestore = await startFirestore()
  const proxy = await TcpProxy.start(await freePort(), Number(firestore.address.split(':').at(-1)))
  const direct = process.env['FIRESTORE_EMULATOR_HOST']
  process.env['FIRESTORE_EMULATOR_HOST'] = `127.0.0.1:${proxy.port}`
  const probes = { everyMs: 300, answeredWithinMs: 300 }
  const clients = createFirestoreClients({ projectId: firestore.projectId, probes })
  try {
    expect(await clients.documents.read('runners/nobody')).toBeNull()
    await proxy.change({ how: 'hang' })
    const asked = clients.documents.read('runners/nobody').catch(() => null)
    await proxy.change({ how: 'pass' })
    expect(await asked).toBeNull()
    expect(await clients.documents.read('runners/nobody')).toBeNull()
  } finally {
    await clients.close()
    await proxy.close()
    if (direct === undefined) delete process.env['FIRESTORE_EMULATOR_HOST']
    else process.env['FIRESTORE_EMULATOR_HOST'] = direct
  }
})

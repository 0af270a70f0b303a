import { Firestore } from '@google-cloud/firestore'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Proxies } from '../../sandbox/proxies.ts'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'

/** Tests Google's real Firestore client behind the proxy, in the way that the processes of the product use it. */

let sandbox: Sandbox
let firestore: Firestore
let proxies: Proxies

process.env['METADATA_SERVER_DETECTION'] = 'none'

beforeAll(async () => {
  sandbox = await startSandbox({
    firestore: process.env['SHARED_FIRESTORE'],
    runners: 0,
    functionsEntry: fileURLToPath(new URL('../support/fixtures/functions.ts', import.meta.url)),
    whatsappUrl: 'ws://127.0.0.1:9',
    proxied: true,
  })
  if (!sandbox.proxies) throw new Error('The sandbox was started without proxies.')
  proxies = sandbox.proxies
  firestore = clientAt(proxies.firestore.port)
})

afterAll(async () => {
  await proxies.firestore.change({ how: 'pass' })
  await firestore.terminate()
  await sandbox.stop()
})

const clientAt = (port: number): Firestore =>
  new Firestore({
    projectId: sandbox.info.project,
    host: '127.0.0.1',
    port,
    ssl: false,
    customHeaders: { authorization: 'Bearer owner' },
  })

const after = (ms: number) => new Promise<string>((resolve) => setTimeout(() => resolve('no answer'), ms))

test('the product connects through the proxies, and the sandbox connects directly', async () => {
  expect(await (await sandbox.api('/')).json()).toMatchObject({
    firestore: `127.0.0.1:${proxies.firestore.port}`,
    storage: `http://127.0.0.1:${proxies.storage.port}`,
  })
  expect(sandbox.info.firestore).not.toContain(String(proxies.firestore.port))
  expect(sandbox.info.storage).not.toContain(String(proxies.storage.port))
})

test('a refused client tries again until Firestore is there', async () => {
  await firestore.doc('network/one').set({ at: 'before' })
  await proxies.firestore.change({ how: 'refuse' })
  const read = firestore.doc('network/one').get()
  expect(await Promise.race([read, after(500)])).toBe('no answer')
  await proxies.firestore.change({ how: 'pass' })
  expect((await read).data()).toEqual({ at: 'before' })
})

test('a write that is frozen takes effect when Firestore goes on, although no answer arrived meanwhile', async () => {
  await proxies.firestore.change({ how: 'freeze' })
  const write = firestore.doc('network/two').set({ at: 'during' })
  expect(await Promise.race([write, after(500)])).toBe('no answer')
  await proxies.firestore.change({ how: 'pass' })
  await write
  expect((await firestore.doc('network/two').get()).data()).toEqual({ at: 'during' })
})

test('a read over a slow network succeeds and takes its time', async () => {
  await firestore.doc('network/three').set({ at: 'before' })
  await proxies.firestore.change({ how: 'slow', delayMs: 200 })
  const askedAt = performance.now()
  expect((await firestore.doc('network/three').get()).data()).toEqual({ at: 'before' })
  expect(performance.now() - askedAt).toBeGreaterThan(400)
  await proxies.firestore.change({ how: 'pass' })
})

test('a read whose answers are cut again and again is repeated until it is complete', async () => {
  const text = 'x'.repeat(20_000)
  await firestore.doc('network/four').set({ text })
  const { cut } = proxies.firestore.counts
  await proxies.firestore.change({ how: 'cut', seed: 1, leastBytes: 100, mostBytes: 10_000 })
  const read = firestore.doc('network/four').get()
  await expect.poll(() => proxies.firestore.counts.cut, { timeout: 20_000 }).toBeGreaterThanOrEqual(cut + 2)
  await proxies.firestore.change({ how: 'pass' })
  expect((await read).data()).toEqual({ text })
})

test('a hung connection answers nothing, and a new connection is served', async () => {
  await firestore.doc('network/five').get()
  await proxies.firestore.change({ how: 'hang' })
  const lost = firestore.doc('network/five').get()
  expect(await Promise.race([lost, after(300)])).toBe('no answer')
  await proxies.firestore.change({ how: 'pass' })
  const other = clientAt(proxies.firestore.port)
  expect((await other.doc('network/five').get()).exists).toBe(false)
  await other.terminate()
  expect(await Promise.race([lost, after(300)])).toBe('no answer')
  // The pending read ends only when its connection breaks visibly.
  await proxies.firestore.change({ how: 'refuse' })
  await proxies.firestore.change({ how: 'pass' })
  expect((await lost).exists).toBe(false)
})

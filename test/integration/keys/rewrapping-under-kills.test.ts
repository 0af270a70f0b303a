import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Change, DocumentSnapshot } from '@holdfast/core/platform/ports'
import {
  newSessionKeys,
  newTenantKeys,
  type SessionCipher,
  unwrapSessionKeys,
  unwrapTenantKeys,
} from '@holdfast/core/security/envelope'
import type { KeyWrapping } from '@holdfast/core/security/key-wrapping'
import { SESSION_KEYS, sessionKeyDocumentSchema, sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { TENANT_KEYS, tenantKeyPath } from '@holdfast/core/security/tenant-key-document'
import { WrappingKeys } from '@holdfast/core/security/wrapping-keys'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { wrappingStatus } from '../../../functions/src/use-cases/keys/wrapping-status.ts'
import { identityToken } from '../../../sandbox/google/identity-token.ts'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'

/** The nightly schedule wraps the keys of 200 documents in a process of its own, which is killed twice in the middle. */

const SESSIONS = 190
const TENANTS = 10
const ALL = SESSIONS + TENANTS
/** The process is killed when so many documents have changed. */
const KILLS = [5, 40]

const ONE = fileURLToPath(new URL('../privileges/one-function.ts', import.meta.url))
const EXIT_WITH_PARENT = new URL('../../../sandbox/exit-with-parent.ts', import.meta.url).href

const v1 = { label: 'v1', key: randomBytes(32) }
const v2 = { label: 'v2', key: randomBytes(32) }
const older = new WrappingKeys([v1])
const newer = new WrappingKeys([v2])
/** What runs before a new key is current, and after. */
const readers: readonly KeyWrapping[] = [new WrappingKeys([v1, v2]), new WrappingKeys([v2, v1])]

/** Each session's own text, sealed before anything is wrapped anew. */
const sealed = new Map<string, Buffer>()
let firestore: FirestoreUnderTest

beforeAll(async () => {
  firestore = await startFirestore()
  const changes: Change[] = []
  for (let number = 0; number < SESSIONS; number++) {
    const id = `default.s${String(number).padStart(3, '0')}`
    const keys = await newSessionKeys(id, older)
    sealed.set(id, (await unwrapSessionKeys(id, keys, older)).sealContent(Buffer.from(id), 'place'))
    changes.push({ kind: 'create', path: sessionKeyPath(id), fields: { ...keys } })
  }
  for (let number = 0; number < TENANTS; number++) {
    const keys = await newTenantKeys(`t${number}`, older)
    changes.push({ kind: 'create', path: tenantKeyPath(`t${number}`), fields: { ...keys } })
  }
  await firestore.clients.documents.commit(changes)
})
afterAll(() => firestore[Symbol.asyncDispose]())

const documentsOf = (collection: string): Promise<DocumentSnapshot[]> => firestore.clients.documents.query({ collection })

const isCurrent = ({ fields }: DocumentSnapshot): boolean =>
  Object.values(sessionKeyDocumentSchema.parse(fields).keys).every(({ wrappedBy }) => wrappedBy === newer.id)

/** Opens everything that is stored, as a process with these keys does at this moment. */
async function openAll(wrapping: KeyWrapping): Promise<number> {
  let opened = 0
  for (const { id, fields } of await documentsOf(SESSION_KEYS)) {
    const cipher: SessionCipher = await unwrapSessionKeys(id, sessionKeyDocumentSchema.parse(fields), wrapping)
    expect(cipher.openContent(sealed.get(id) ?? Buffer.alloc(0), 'place').toString()).toBe(id)
    opened++
  }
  for (const { id, fields } of await documentsOf(TENANT_KEYS)) {
    await unwrapTenantKeys(id, sessionKeyDocumentSchema.parse(fields), wrapping)
    opened++
  }
  return opened
}

/** Starts the schedule `maintain` as a process of its own, and calls it. */
async function startMaintaining(): Promise<{ child: ChildProcess; answer: Promise<number> }> {
  const env = {
    ...process.env,
    ONLY_FUNCTION: 'maintain',
    GOOGLE_CLOUD_PROJECT: firestore.projectId,
    STORAGE_BUCKET: 'unused',
    SESSION_ENCRYPTION_KEYS: [v2, v1].map(({ label, key }) => `${label}:${key.toString('base64')}`).join(','),
  }
  const child = spawn(process.execPath, ['--import', EXIT_WITH_PARENT, ONE], { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The function ended with ${code}.`)))
    createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
      const ready = /^\{"port":(\d+)\}$/.exec(line)?.[1]
      if (ready !== undefined) resolve(Number(ready))
    })
  })
  const url = `http://127.0.0.1:${port}/maintain`
  const headers = { Authorization: `Bearer ${identityToken('scheduler@example.iam.gserviceaccount.com', url)}` }
  const answer = fetch(url, { method: 'POST', headers }).then(
    ({ status }) => status,
    () => 0,
  )
  return { child, answer }
}

/** Tells of changes of the keys. `next` resolves when there was one since its last call, or when it is told to end. */
function changesOfKeys() {
  let change = Promise.withResolvers<void>()
  const told = () => change.resolve()
  const ends = [SESSION_KEYS, TENANT_KEYS].map((collection) => firestore.clients.documents.listen({ collection }, told, told))
  return {
    async next(): Promise<void> {
      await change.promise
      change = Promise.withResolvers()
    },
    end(): void {
      for (const end of ends) end()
      told()
    },
  }
}

/** Resolves when so many documents of sessions are wrapped by the newer key. */
function whenWrapped(count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = new Set<string>()
    const end = firestore.clients.documents.listen(
      { collection: SESSION_KEYS },
      (events) => {
        for (const { document } of events) if (isCurrent(document)) done.add(document.id)
        if (done.size < count) return
        end()
        resolve()
      },
      reject,
    )
  })
}

/** Three processes start, one after the other. */
const TIMEOUT_MS = 240_000

it(
  'everything opens at every moment, for processes with both keys, and in the end with the new key alone',
  { timeout: TIMEOUT_MS },
  async () => {
    const over = new AbortController()
    let rounds = 0
    const changes = changesOfKeys()
    const reading = (async () => {
      while (!over.signal.aborted) {
        for (const reader of readers) expect(await openAll(reader)).toBe(ALL)
        rounds++
        await changes.next()
      }
    })()
    for (const count of KILLS) {
      const { child } = await startMaintaining()
      await whenWrapped(count)
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      const { current, documents, mayDropOthers } = await wrappingStatus({ ...firestore.clients, wrappingKey: newer })
      expect([documents, mayDropOthers]).toEqual([ALL, false])
      expect(current).toBeGreaterThanOrEqual(count)
      expect(current).toBeLessThan(ALL)
    }
    const { child, answer } = await startMaintaining()
    expect(await answer).toBe(200)
    child.kill('SIGKILL')
    over.abort()
    changes.end()
    await reading
    expect(rounds).toBeGreaterThan(KILLS.length)
    const status = await wrappingStatus({ ...firestore.clients, wrappingKey: newer })
    expect(status).toMatchObject({ documents: ALL, current: ALL, mayDropOthers: true, keys: [{ id: newer.id, documents: ALL }] })
    expect(await openAll(newer)).toBe(ALL)
  },
)

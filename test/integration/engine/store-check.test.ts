import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chmod, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { createGoogleClients } from '@holdfast/core/adapters/google/clients'
import { createLogger } from '@holdfast/core/platform/logging'
import type { DocumentStore } from '@holdfast/core/platform/ports'
import { openRunnerStores, type RunnerStores } from '@holdfast/core/adapters/session-stores'
import type { StorageConfig } from '@holdfast/core/platform/storage-settings'
import { checkDocuments, checkObjects } from '@holdfast/core/operations/store-checks'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { group, newSessionId } from '../contract/records.ts'
import { untilUsable } from '../../../runner/src/process/usable-stores.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { type Stores, openStores } from '../../support/engine/stores.ts'

let stores: Stores
let wrappingKey: WrappingKey
const opened: RunnerStores[] = []
const logger = createLogger('test', 'silent')

beforeAll(async () => {
  stores = await openStores()
})

beforeEach(() => {
  wrappingKey = new WrappingKey(randomBytes(32))
})

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close().catch(() => {})))
})

afterAll(async () => {
  await stores[Symbol.asyncDispose]()
})

function open(storage: StorageConfig, key = wrappingKey): RunnerStores {
  const runnerId = `runner-${randomBytes(4).toString('hex')}`
  const options = {
    projectId: stores.projectId,
    storage,
    wrappingKey: key,
    runnerId,
    clock: systemClock,
    logger,
    onLost: () => {},
  }
  const made = openRunnerStores(options)
  opened.push(made)
  return made
}

const hybrid = (): StorageConfig => ({ type: 'hybrid', bucket: stores.storage.bucket.name })

/** The codes of the problems, each with whether it lasts. */
async function problemsOf(made: RunnerStores) {
  const { report, problems } = await made.check()
  expect(report.valid).toBe(problems.length === 0)
  for (const { sentence, advice } of report.problems) expect(sentence.length * advice.length).toBeGreaterThan(0)
  return problems.map(({ code, isLasting }) => ({ code, isLasting }))
}

describe('stores in the cloud', () => {
  test('are valid when sealed bytes were written, read back and opened: one object and one document for each key', async () => {
    const { report } = await open(hybrid()).check()
    expect(report).toEqual({
      type: 'hybrid',
      path: `gs://${stores.storage.bucket.name}`,
      valid: true,
      problems: [],
      checkedAt: expect.any(Date),
    })
    expect(await problemsOf(open(hybrid()))).toEqual([])
    const { objects, documents } = stores.clients
    expect((await objects.list('checks/')).filter((name) => name.includes(wrappingKey.id))).toEqual([`checks/${wrappingKey.id}`])
    expect((await documents.query({ collection: 'store_checks' })).map(({ id }) => id)).toContain(wrappingKey.id)
    expect(await problemsOf(open(hybrid(), new WrappingKey(randomBytes(32))))).toEqual([])
  })

  test('have a lasting problem when the bucket does not exist', async () => {
    expect(await problemsOf(open({ type: 'cloud', bucket: 'no-such-bucket' }))).toEqual([
      { code: 'store-missing', isLasting: true },
    ])
  })

  test('are unfit when the written bytes do not open any more', async () => {
    const { objects, documents } = stores.clients
    await objects.create(`checks/${wrappingKey.id}`, Buffer.from('something else'))
    await expect(checkObjects(objects, wrappingKey)).rejects.toMatchObject({ code: 'store-unfit' })
    const path = `store_checks/${wrappingKey.id}`
    for (const sealed of [(await wrappingKey.wrap(Buffer.from('of another place'), 'elsewhere')).wrapped, 'no bytes']) {
      await documents.commit([{ kind: 'merge', path, fields: { v: 1, sealed } }])
      await expect(checkDocuments(documents, wrappingKey)).rejects.toMatchObject({ code: 'store-unfit' })
    }
    expect(await problemsOf(open(hybrid()))).toEqual([
      { code: 'store-unfit', isLasting: true },
      { code: 'store-unfit', isLasting: true },
    ])
  })

  test.each([
    [7, 'store-forbidden'],
    [16, 'store-forbidden'],
    [5, 'store-missing'],
  ])('have a lasting problem when Firestore answers %i', async (code, expected) => {
    const refusing: DocumentStore = {
      read: async () => null,
      commit: () => Promise.reject(Object.assign(new Error('refused'), { code })),
      query: async () => [],
      listen: () => () => {},
    }
    await expect(checkDocuments(refusing, wrappingKey)).rejects.toMatchObject({ code: expected, advice: expect.any(String) })
  })
})

describe('an answer of Cloud Storage', () => {
  let server: Server
  let answer: { status: number; body: string }

  beforeAll(async () => {
    server = createServer((_, response) =>
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body),
    )
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  })

  afterAll(() => {
    server.close()
    server.closeAllConnections()
  })

  /** Makes a client for the server. Google's client reads the variable when it is made. */
  function objectsThere() {
    const before = process.env['STORAGE_EMULATOR_HOST']
    process.env['STORAGE_EMULATOR_HOST'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      return createGoogleClients({ projectId: 'demo-refusing', bucket: 'bucket' }).objects
    } finally {
      process.env['STORAGE_EMULATOR_HOST'] = before
    }
  }

  test.each([401, 403])('with status %i is a lasting problem, whatever the request', async (status) => {
    answer = { status, body: JSON.stringify({ error: { code: status, message: 'does not have storage.objects access' } }) }
    const objects = objectsThere()
    const refusal = { code: 'store-forbidden', advice: expect.stringContaining('roles/storage.objectUser') }
    await expect(objects.create('checks/a', Buffer.from('x'))).rejects.toMatchObject(refusal)
    await expect(objects.read('checks/a')).rejects.toMatchObject(refusal)
    await expect(objects.list('checks/')).rejects.toMatchObject(refusal)
  })
})

describe('a directory', () => {
  let path: string

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'holdfast-checked-'))
  })

  afterEach(async () => {
    await chmod(path, 0o700).catch(() => {})
    await rm(path, { recursive: true, force: true })
  })

  const local = (at = path): StorageConfig => ({ type: 'local', path: at })

  test('is valid when it stores sealed bytes and returns them, and then belongs to this runner', async () => {
    const first = open(local())
    const { report } = await first.check()
    expect(report).toMatchObject({ type: 'local', path, valid: true, problems: [] })
    expect(await problemsOf(first)).toEqual([])
    expect(await readdir(path)).toEqual(['_store'])
    const second = { code: 'store-in-use', isLasting: true }
    expect(await problemsOf(open(local()))).toEqual([second])
    await first.close()
    expect(await problemsOf(open(local()))).toEqual([])
  })

  test('that another process took meanwhile lets the old one send no more merges to Firestore', async () => {
    const made = open(local())
    expect(await problemsOf(made)).toEqual([])
    await writeFile(join(path, '_store', 'lock', '0000000002.lock'), '')
    const sessionId = newSessionId()
    const late = { kind: 'merge' as const, path: `t/${sessionId}`, fields: { late: true } }
    await made.journals.append(sessionId, group({ first: 1, kind: 'claim' }), [late])
    await expect(made.journals.remove(sessionId, [1])).rejects.toMatchObject({ code: 'store-in-use' })
    expect(await stores.clients.documents.read(late.path)).toBeNull()
  })

  test('that does not exist or is a file is a lasting problem, and nothing is created', async () => {
    expect(await problemsOf(open(local(join(path, 'missing'))))).toEqual([{ code: 'store-missing', isLasting: true }])
    await writeFile(join(path, 'file'), '')
    expect(await problemsOf(open(local(join(path, 'file'))))).toEqual([{ code: 'store-missing', isLasting: true }])
    expect(await problemsOf(open(local(join(path, 'file', 'below'))))).toEqual([{ code: 'store-missing', isLasting: true }])
    expect(await readdir(path)).toEqual(['file'])
  })

  test('that is not writable is a lasting problem', async () => {
    // Modes do not restrict the root user. A read-only file system restricts every user.
    const readOnly = process.getuid?.() === 0 ? '/proc/sys/kernel' : path
    if (readOnly === path) await chmod(path, 0o500)
    const [problem] = await problemsOf(open(local(readOnly)))
    expect(problem?.isLasting).toBe(true)
    expect(['store-forbidden', 'store-missing']).toContain(problem?.code)
  })

  test('that returns other bytes is unfit', async () => {
    const first = open(local())
    await first.check()
    await first.close()
    const probe = join(path, '_store', 'objects', 'checks', wrappingKey.id)
    await writeFile(probe, Buffer.concat([await readFile(probe), Buffer.from('x')]))
    expect(await problemsOf(open(local()))).toEqual([{ code: 'store-unfit', isLasting: true }])
  })
})

describe('a runner that starts', () => {
  const startWith = (made: Pick<RunnerStores, 'check'>, leaving = new AbortController()) => {
    const reports: boolean[] = []
    const onReport = ({ valid }: { valid: boolean }) => void reports.push(valid)
    const clock = { ...systemClock, sleep: () => new Promise<void>((resolve) => void setImmediate(resolve)) }
    return { reports, ended: untilUsable({ stores: made, clock, logger, leaving: leaving.signal, onReport }) }
  }

  const outage = { code: 'store-unavailable', sentence: 'away', advice: 'wait', isLasting: false }
  const wrong = { code: 'store-missing', sentence: 'not there', advice: 'create it', isLasting: true }
  const report = { type: 'hybrid' as const, path: 'gs://bucket', problems: [], checkedAt: new Date(0) }

  test('waits while a store is away, and reports that until it is back', async () => {
    let left = 3
    const { reports, ended } = startWith({
      check: async () => ({ report: { ...report, valid: left === 0 }, problems: left-- > 0 ? [outage] : [] }),
    })
    expect(await ended).toEqual([])
    expect(reports).toEqual([false, false, false, true])
  })

  test('does not wait for a lasting problem, even when it appears after an outage', async () => {
    let looks = 0
    const { reports, ended } = startWith({
      check: async () => ({ report: { ...report, valid: false }, problems: ++looks < 3 ? [outage] : [outage, wrong] }),
    })
    expect(await ended).toEqual([wrong])
    expect(reports).toEqual([false, false])
  })

  test('ends its wait when it has to leave', async () => {
    const leaving = new AbortController()
    const { ended } = startWith(
      {
        async check() {
          leaving.abort()
          return { report: { ...report, valid: false }, problems: [outage] }
        },
      },
      leaving,
    )
    expect(await ended).toEqual([])
  })

  test('treats a Firestore that does not answer as an outage', async () => {
    const documents = new FaultyDocuments(stores.clients.documents)
    documents.away(true)
    await expect(checkDocuments(documents, wrappingKey)).rejects.toThrow('UNAVAILABLE')
    await expect(checkDocuments(documents, wrappingKey)).rejects.not.toMatchObject({ code: expect.stringContaining('store') })
  })

  test('reports a directory that vanishes during its work', async () => {
    const path = await mkdtemp(join(tmpdir(), 'holdfast-checked-'))
    const made = open({ type: 'local', path })
    await made.check()
    await rename(path, `${path}.away`)
    expect(await problemsOf(made)).toEqual([{ code: 'store-missing', isLasting: true }])
    await rename(`${path}.away`, path)
    expect(await problemsOf(made)).toEqual([])
    await made.close()
    await rm(path, { recursive: true })
  })
})

import { Storage, type Bucket, type File } from '@google-cloud/storage'
import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStorage, type StorageUnderTest } from './under-test.ts'

// The contract of Cloud Storage, as far as the product relies on it. The tests run against the sandbox's server, and against the
// real service when HOLDFAST_CONTRACT_BUCKET names a bucket with versioning to which the default credentials may write.

let under: StorageUnderTest
let bucket: Bucket
const folder = `contract-${randomUUID()}/`

beforeAll(async () => {
  under = await openStorage()
  bucket = under.bucket
})

afterAll(async () => {
  if (under?.real) await bucket.deleteFiles({ prefix: folder, versions: true, force: true })
  await under?.close()
})

const file = (name: string) => bucket.file(`${folder}${name}`)

async function save(target: File, data: string | Buffer, ifGenerationMatch?: number | string): Promise<string> {
  const preconditionOpts = ifGenerationMatch === undefined ? {} : { ifGenerationMatch }
  await target.save(data, { resumable: false, preconditionOpts })
  return String(target.metadata.generation)
}

const read = async (target: File, options = {}) => (await target.download(options))[0].toString()

const status = async (promise: Promise<unknown>): Promise<unknown> =>
  await promise.then(
    () => 'no error',
    (error: { code?: unknown; status?: unknown }) => Number(error.code ?? error.status),
  )

describe('writing', () => {
  test('a saved object has its bytes, metadata, checksums and a generation', async () => {
    const target = file('hello.txt')
    const metadata = { cacheControl: 'no-store', metadata: { kind: 'greeting' } }
    await target.save('hello', { resumable: false, contentType: 'text/plain', metadata })
    expect(await read(target)).toBe('hello')
    const [seen] = await target.getMetadata()
    expect(seen).toMatchObject({ size: '5', contentType: 'text/plain', metageneration: '1', md5Hash: 'XUFAKrxLKna5cZ2REBfFkg==' })
    expect(seen).toMatchObject({ crc32c: 'mnG7TA==', cacheControl: 'no-store', metadata: { kind: 'greeting' } })
    expect(Number(seen.generation)).toBeGreaterThan(0)
  })

  test('an object may be empty, and its name may hold any character', async () => {
    for (const name of ['empty', 'späces & slashes/%2F?#+', 'emoji 🙂']) {
      await save(file(name), '')
      expect(await read(file(name))).toBe('')
    }
    const [files] = await bucket.getFiles({ prefix: `${folder}emoji` })
    expect(files.map(({ name }) => name)).toEqual([`${folder}emoji 🙂`])
  })

  test('resumable uploads, in one piece and in chunks, keep every byte', async () => {
    const data = randomBytes(3 * 1024 * 1024 + 123)
    for (const options of [{ resumable: true }, { resumable: true, chunkSize: 1024 * 1024 }]) {
      const target = file(`large-${'chunkSize' in options}`)
      await target.save(data, options)
      expect((await target.download())[0].equals(data)).toBe(true)
    }
  })

  test('a save with generation 0 only creates', async () => {
    const target = file('once')
    await save(target, 'first', 0)
    expect(await status(save(target, 'second', 0))).toBe(412)
    expect(await status(target.save('second', { resumable: true, preconditionOpts: { ifGenerationMatch: 0 } }))).toBe(412)
    expect(await read(target)).toBe('first')
  })

  test('one of ten concurrent writers creates an object', async () => {
    const results = await Promise.all(Array.from({ length: 10 }, (_, n) => status(save(file('raced'), `writer ${n}`, 0))))
    expect(results.filter((result) => result === 'no error')).toHaveLength(1)
    expect(results.filter((result) => result === 412)).toHaveLength(9)
  })

  test('a stale generation is refused, for writes and for deletes', async () => {
    const target = file('guarded')
    const first = await save(target, 'one')
    const second = await save(target, 'two', first)
    expect(Number(second)).toBeGreaterThan(Number(first))
    expect(await status(save(target, 'three', first))).toBe(412)
    expect(await status(target.delete({ ifGenerationMatch: first }))).toBe(412)
    expect(await read(target)).toBe('two')
    await target.delete({ ifGenerationMatch: second })
    expect((await target.exists())[0]).toBe(false)
  })

  test('bytes with a wrong checksum are refused', async () => {
    const wrong = { md5Hash: 'AAAAAAAAAAAAAAAAAAAAAA==' }
    expect(await status(file('corrupt').save('data', { resumable: false, validation: false, metadata: wrong }))).toBe(400)
    expect((await file('corrupt').exists())[0]).toBe(false)
  })

  test('a change of metadata raises the metageneration and leaves the generation', async () => {
    const target = file('described')
    const generation = await save(target, 'data')
    await target.setMetadata({ metadata: { a: '1', b: '2' } })
    const [after] = await target.setMetadata({ metadata: { a: null } })
    expect(after).toMatchObject({ metageneration: '3', metadata: { b: '2' } })
    expect(String(after.generation)).toBe(generation)
    expect(await status(target.setMetadata({ contentType: 'x/y' }, { ifMetagenerationMatch: 1 }))).toBe(412)
  })

  test('copy and compose make new objects', async () => {
    await save(file('part-1'), 'one ')
    await save(file('part-2'), 'two')
    await file('part-1').copy(file('copy'))
    expect(await read(file('copy'))).toBe('one ')
    await bucket.combine([file('part-1'), file('part-2')], file('both'))
    expect(await read(file('both'))).toBe('one two')
    const [composed] = await file('both').getMetadata()
    expect(composed).toMatchObject({ componentCount: 2 })
    expect(composed.md5Hash).toBeUndefined()
  })
})

describe('reading', () => {
  test('returns ranges', async () => {
    await save(file('alphabet'), 'abcdefghijklmnopqrstuvwxyz')
    expect(await read(file('alphabet'), { start: 2, end: 4 })).toBe('cde')
    expect(await read(file('alphabet'), { start: 24 })).toBe('yz')
    expect(await status(file('alphabet').download({ start: 26 }))).toBe(416)
  })

  test('of a missing object gives 404', async () => {
    expect((await file('missing').exists())[0]).toBe(false)
    for (const attempt of [file('missing').download(), file('missing').getMetadata(), file('missing').delete()]) {
      expect(await status(attempt)).toBe(404)
    }
    const nowhere = under.storage.bucket(`holdfast-no-such-bucket-${randomUUID()}`)
    expect(await status(nowhere.file('x').download())).toBe(404)
  })

  test('of an overwritten generation works, with versioning, until its own deletion', async () => {
    const first = await save(file('versioned'), 'one')
    const second = await save(file('versioned'), 'two')
    const at = (generation: string) => bucket.file(`${folder}versioned`, { generation })
    expect(await read(at(first))).toBe('one')
    const [versions] = await bucket.getFiles({ prefix: `${folder}versioned`, versions: true })
    expect(versions.map(({ metadata }) => String(metadata.generation))).toEqual([first, second])
    await file('versioned').delete()
    expect((await file('versioned').exists())[0]).toBe(false)
    expect(await read(at(second))).toBe('two')
    await at(first).delete()
    expect(await status(at(first).download())).toBe(404)
  })
})

describe('listing', () => {
  const names = ['list/a', 'list/b/1', 'list/b/2', 'list/c', 'list/d/1', 'list/é']
  const relative = (path: string) => path.slice(folder.length)

  beforeAll(async () => {
    for (const name of names) await save(file(name), name)
  })

  test('works by prefix, in order, and from an offset', async () => {
    const [all] = await bucket.getFiles({ prefix: `${folder}list/` })
    expect(all.map(({ name }) => relative(name))).toEqual(names)
    const [some] = await bucket.getFiles({
      startOffset: `${folder}list/b/2`,
      endOffset: `${folder}list/d`,
      prefix: `${folder}list/`,
    })
    expect(some.map(({ name }) => relative(name))).toEqual(['list/b/2', 'list/c'])
  })

  test('with a delimiter names each folder once', async () => {
    const query = { prefix: `${folder}list/`, delimiter: '/', autoPaginate: false }
    const [files, , answer] = await bucket.getFiles(query)
    expect(files.map(({ name }) => relative(name))).toEqual(['list/a', 'list/c', 'list/é'])
    expect((answer as { prefixes: string[] }).prefixes.map(relative)).toEqual(['list/b/', 'list/d/'])
  })

  test('in pages leaves nothing out and repeats nothing', async () => {
    for (const delimiter of ['', '/']) {
      const seen: string[] = []
      let query: object | null = {
        prefix: `${folder}list/`,
        maxResults: 1,
        autoPaginate: false,
        ...(delimiter ? { delimiter } : {}),
      }
      while (query) {
        const page: unknown[] = await bucket.getFiles(query)
        const [files, next, answer] = page as [File[], object | null, { prefixes?: string[] }]
        seen.push(...files.map(({ name }) => relative(name)), ...(answer.prefixes ?? []).map(relative))
        query = next
      }
      expect(seen).toEqual(delimiter ? ['list/a', 'list/b/', 'list/c', 'list/d/', 'list/é'] : names)
    }
  })
})

test('the client finds the server by STORAGE_EMULATOR_HOST or by apiEndpoint', async () => {
  if (under.real) return
  await save(file('both-ways'), 'data')
  const other = new Storage({ apiEndpoint: under.url, projectId: 'demo-contract' })
  expect(await read(other.bucket(bucket.name).file(`${folder}both-ways`))).toBe('data')
})

import { randomBytes } from 'node:crypto'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { isChanged } from './file-look.ts'
import { readSource } from './open-source.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-sources-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function read(content: string | Buffer, session: string | null = null) {
  const path = join(folder, `source-${randomBytes(6).toString('hex')}`)
  await writeFile(path, content)
  return readSource(path, session)
}

const CREDS = String.raw`{"noiseKey": {"type": "Buffer", "data": "AA=="}, "note": "a \"quoted\"\nline"}`
const copyValue = (value: string): string => value.replaceAll('\\', String.raw`\\`)

const WAHA_COPY = `--
-- PostgreSQL database dump
--
CREATE TABLE public.waha_auth (session_id character varying, key character varying, value jsonb);

COPY public.waha_auth (session_id, key, value) FROM stdin;
default\tcreds\t${copyValue(CREDS)}
default\tpre-key-1\t{"public": 1}
other\tcreds\t\\N
\\.

COPY public.other (id) FROM stdin;
1
\\.
`

const WAHA_INSERT = `INSERT INTO public.waha_auth (session_id, key, value) VALUES ('default', 'creds', '${CREDS}');
INSERT INTO public.waha_auth (session_id, key, value) VALUES ('default', 'pre-key-1', '{"it''s": 1}'), ('default', 'pre-key-2', NULL);
`

const EVOLUTION_COPY = `COPY public."Session" (id, "sessionId", creds, "createdAt") FROM stdin;
c1\tinstance\t${copyValue(JSON.stringify(CREDS))}\t2025-01-01 00:00:00
\\.
`

describe('a dump of WAHA NOWEB', () => {
  test('gives the entries of the chosen session', async () => {
    expect(await read(WAHA_COPY, 'default')).toEqual([
      { name: 'creds', isFile: false, text: CREDS },
      { name: 'pre-key-1', isFile: false, text: '{"public": 1}' },
    ])
    await expect(read(WAHA_COPY)).rejects.toThrow('several sessions')
    await expect(read(WAHA_COPY, 'nobody')).rejects.toThrow('no rows of the session')
  })

  test('may have inserts', async () => {
    expect(await read(WAHA_INSERT)).toEqual([
      { name: 'creds', isFile: false, text: CREDS },
      { name: 'pre-key-1', isFile: false, text: `{"it's": 1}` },
      { name: 'pre-key-2', isFile: false, text: '' },
    ])
  })
})

describe('the state of Evolution', () => {
  test('has the credentials in a table, as a dump or as rows', async () => {
    const packed = { name: 'creds', isFile: false, text: JSON.stringify(CREDS) }
    expect(await read(EVOLUTION_COPY)).toEqual([packed])
    expect(await read(JSON.stringify([{ id: 'c1', sessionId: 'instance', creds: JSON.stringify(CREDS) }]))).toEqual([packed])
  })

  test('has the keys in a hash of Redis', async () => {
    const keys = [{ name: 'pre-key-1', isFile: false, text: '{"public":1}' }]
    expect(await read('{"pre-key-1": "{\\"public\\":1}"}')).toEqual(keys)
    expect(await read('["pre-key-1", "{\\"public\\":1}"]')).toEqual(keys)
  })
})

test('a folder gives its files, and names those that are none of Baileys', async () => {
  const auth = join(folder, 'auth')
  await mkdir(join(auth, 'more.json'), { recursive: true })
  await writeFile(join(auth, 'creds.json'), '{}')
  await writeFile(join(auth, 'store.sqlite3'), 'x')
  expect(await readSource(auth, null)).toEqual([
    { name: 'creds', isFile: true, text: '{}' },
    { name: 'file more.json', isFile: true, text: '' },
    { name: 'file store.sqlite3', isFile: true, text: '' },
  ])
})

const sqlite = (tables: string): Buffer => Buffer.from(`SQLite format 3\0${'\0'.repeat(100)}${tables}`)

test.each([
  ['a damaged store of whatsmeow', sqlite('CREATE TABLE whatsmeow_device'), 'cannot be read as a store of whatsmeow'],
  ['a dump of whatsmeow without a device', 'CREATE TABLE whatsmeow_device (jid TEXT);\n', 'no rows of a session'],
  ['zapo', sqlite('CREATE TABLE signal_session'), 'zapo'],
  ['another SQLite file', sqlite('CREATE TABLE cats'), 'SQLite'],
  ['a binary dump', Buffer.from('PGDMP\0\0'), 'pg_restore --file=dump.sql'],
  ['a binary dump as an archive', Buffer.from('toc.dat\0\0'), 'pg_restore --file=dump.sql'],
  ['a compressed dump', Buffer.from([0x1f, 0x8b, 8, 0]), 'gunzip'],
  ["Redis' own dump", Buffer.from('REDIS0011\0'), 'HGETALL'],
  ['a dump of other tables', 'COPY public.cats (id) FROM stdin;\n1\n\\.\n', 'neither rows of waha_auth'],
  ['a text', 'hello', 'none of the formats'],
  ['nothing', '', 'none of the formats'],
])('%s is refused by name', async (_, content, words) => {
  await expect(read(content)).rejects.toThrow(words)
})

test('a folder changes when a file of it comes, goes, or is written', () => {
  const file = { mtimeMs: 1, size: 2, ino: 3 }
  expect(isChanged(file, { ...file })).toBe(false)
  for (const other of [undefined, { ...file, mtimeMs: 2 }, { ...file, size: 3 }, { ...file, ino: 4 }]) {
    expect(isChanged(file, other)).toBe(true)
    expect(isChanged(other, file)).toBe(true)
  }
})

test('a source that is not there is refused', async () => {
  await expect(readSource(join(folder, 'nowhere'), null)).rejects.toThrow('cannot be read (ENOENT)')
})

test('a cut or damaged dump is read or refused, and nothing else', async () => {
  for (const whole of [WAHA_COPY, WAHA_INSERT, EVOLUTION_COPY, '{"pre-key-1": "{}", "creds": {"a": [1]}}']) {
    const cuts = Array.from({ length: 30 }, (_, index) => whole.slice(0, Math.floor((whole.length * index) / 30)))
    const holes = Array.from({ length: 30 }, (_, index) => whole.slice(0, index * 9) + whole.slice(index * 9 + 7))
    for (const damaged of [...cuts, ...holes]) {
      const error: unknown = await read(damaged, 'default').then(
        () => null,
        (thrown: unknown) => thrown,
      )
      expect(error === null || isHoldfastError(error, 'cannot-move'), `${damaged}\n${String(error)}`).toBe(true)
    }
  }
})

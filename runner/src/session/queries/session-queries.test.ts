import { randomBytes } from 'node:crypto'
import { type OwnerQueryDocument, ownerQueryPath } from '@holdfast/core/operations/owner-query-document'
import type { QueryArgs, QueryKind } from '@holdfast/core/operations/owner-queries'
import { sealArgs } from '@holdfast/core/operations/sealed-query'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Change, Clock, DocumentSnapshot, DocumentStore, Fields } from '@holdfast/core/platform/ports'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import { SessionCipher } from '@holdfast/core/security/envelope'
import { beforeEach, expect, it } from 'vitest'
import type { Connection } from '../../whatsapp/port.ts'
import { SessionQueries } from './session-queries.ts'

const cipher = new SessionCipher('default.main', new Map([[1, randomBytes(32)]]), 1)
const WITHIN_MS = 15_000

let fields: Fields
let version: number
/** What becomes of the commit that takes the question, instead of that it is made. */
let taking: (make: () => void) => void
let done: string[]
let hasEngine: boolean
let isConnected: boolean
/** Resolves when the owner has read the question and has gone on. */
let wasRead: PromiseWithResolvers<void>
/** Ends the waits of the clock that are asked for. */
let waits: { readonly ms: number; readonly end: () => void }[]

const clock: Clock = {
  ...systemClock,
  monotonic: () => 0,
  sleep: (ms) => new Promise((resolve) => waits.push({ ms, end: resolve })),
}

const snapshot = (): DocumentSnapshot =>
  ({ id: 'one', path: ownerQueryPath('one'), fields, version, silentForMs: 0 }) as unknown as DocumentSnapshot

const documents = {
  read: async () => {
    setImmediate(wasRead.resolve)
    return snapshot()
  },
  commit: async ([change]: readonly Change[]) => {
    if (change?.kind !== 'update') throw new Error('Questions are updated.')
    const since = change.unlessChangedSince as unknown as { version: number } | undefined
    const make = (): void => {
      if (since && since.version !== version) throw new Error('It has changed.')
      fields = { ...fields, ...change.fields }
      version++
    }
    if (change.fields['state'] === 'taken') taking(make)
    else make()
  },
} as unknown as DocumentStore

function ask<Kind extends QueryKind>(kind: Kind, args: QueryArgs<Kind>, answers: () => Promise<object>): void {
  fields = {
    v: 1,
    id: 'one',
    tenant: 'default',
    sessionId: 'default.main',
    runnerId: 'runner',
    kind,
    state: 'asked',
    args: sealArgs(cipher, 'one', args),
    withinMs: WITHIN_MS,
    expiresAt: new Date(),
  }
  const asked = (): Promise<object> => {
    done.push(kind)
    return answers()
  }
  const unused = {} as never
  const directory = { forget: async () => void done.push('forgotten') } as never
  const parts = { directory, groups: unused, client: unused, incomingMedia: unused, fetchFile: unused, happened: unused }
  const engine = { cipher, ...parts }
  const queries = new SessionQueries({
    documents,
    clock,
    random: systemRandom,
    logger: createLogger('test', 'silent'),
    engine: () => (hasEngine ? engine : null),
    connection: () => (isConnected ? ({ questions: { [kind]: asked } } as unknown as Connection) : null),
  })
  queries.hear(snapshot())
}

const subscribe = (answers: () => Promise<object> = async () => ({})): void =>
  ask('subscribe-presence', { chat: '1@s.whatsapp.net' }, answers)

const state = () => fields['state'] as OwnerQueryDocument['state']
const problem = () => fields['problem'] as OwnerQueryDocument['problem']

beforeEach(() => {
  version = 1
  taking = (make) => make()
  done = []
  hasEngine = true
  isConnected = true
  wasRead = Promise.withResolvers()
  waits = []
})

it('is done when it was taken, although the commit had no answer', async () => {
  taking = (make) => {
    make()
    throw new Error('No answer.')
  }
  subscribe()
  await expect.poll(state).toBe('answered')
  expect(done).toEqual(['subscribe-presence'])
})

it('is refused at once when it could not be taken, and a commit that comes late does not take it', async () => {
  let late = (): void => {}
  taking = (make) => {
    late = make
    throw new Error('No answer.')
  }
  subscribe()
  await expect.poll(state).toBe('refused')
  expect(late).toThrow()
  expect([problem()?.sentence, done]).toEqual([expect.stringContaining('Nothing was done'), []])
})

it('has no answer from an owner that found it withdrawn', async () => {
  taking = (make) => {
    fields = { ...fields, state: 'withdrawn' }
    version++
    make()
  }
  subscribe()
  await wasRead.promise
  expect([state(), done]).toEqual(['withdrawn', []])
})

it('is refused when the session put its state down while the question was taken', async () => {
  taking = (make) => {
    make()
    hasEngine = false
  }
  subscribe()
  await expect.poll(state).toBe('refused')
  expect([problem()?.code, done]).toEqual(['not-connected', []])
})

it.each([
  ['subscribe-presence', { chat: '1@s.whatsapp.net' }, 'It may have been done'],
  ['blocked', {}, 'WhatsApp did not answer'],
] as const)('is refused a while before its asker goes: %s', async (kind, args, says) => {
  ask(kind, args as never, () => new Promise(() => {}))
  await expect.poll(() => waits.length).toBe(1)
  expect(waits[0]?.ms).toBe(WITHIN_MS - 1000)
  waits[0]?.end()
  await expect.poll(state).toBe('refused')
  expect(problem()).toMatchObject({ code: 'no-answer', sentence: expect.stringContaining(says) })
})

it('about what the owner has in memory needs no connection, unlike any other', async () => {
  isConnected = false
  subscribe()
  await expect.poll(state).toBe('refused')
  ask('forget', { ids: ['1@s.whatsapp.net'] }, async () => ({}))
  await expect.poll(state).toBe('answered')
  expect(done).toEqual(['forgotten'])
})

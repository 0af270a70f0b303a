import type { Bytes, ObjectStreams } from '@holdfast/core/platform/object-streams'
import type { Clock } from '@holdfast/core/platform/ports'
import { expect, it } from 'vitest'
import { withoutStandstill } from './standstill.ts'

/** A clock whose timers come due when the test says so. */
function clockOfTest() {
  const timers = new Set<() => void>()
  const after: Clock['after'] = (_delayMs, callback) => {
    timers.add(callback)
    return () => void timers.delete(callback)
  }
  const passTime = () => [...timers].forEach((due) => due())
  return { clock: { after } as Clock, timers, passTime }
}

const NEVER = new Promise<never>(() => {})

async function* parts(...texts: readonly string[]) {
  for (const text of texts) yield Buffer.from(text)
}

async function textOf(bytes: Bytes): Promise<string> {
  let text = ''
  for await (const part of bytes) text += Buffer.from(part).toString()
  return text
}

const storeThat = (does: Partial<ObjectStreams>) => does as ObjectStreams

it('a store that takes and gives its bytes is not disturbed, and no timer is left', async () => {
  const { clock, timers } = clockOfTest()
  let stored = ''
  const store = storeThat({
    createFrom: async (_name, bytes) => void (stored = await textOf(bytes)),
    readRange: () => parts('a', 'b'),
  })
  const watched = withoutStandstill(store, clock)
  await watched.createFrom('x', parts('c', 'd'))
  expect([stored, await textOf(watched.readRange('x', { start: 0, end: 2 }))]).toEqual(['cd', 'ab'])
  expect(timers.size).toBe(0)
})

it('a store that hangs before, in, or after the bytes is given up', async () => {
  const { clock, timers, passTime } = clockOfTest()
  const hanging: ObjectStreams['createFrom'][] = [
    () => NEVER,
    async (_name, bytes) => {
      for await (const _ of bytes) await NEVER
    },
    async (_name, bytes) => {
      await textOf(bytes)
      await NEVER
    },
  ]
  for (const createFrom of hanging) {
    const created = withoutStandstill(storeThat({ createFrom }), clock).createFrom('x', parts('a', 'b'))
    setImmediate(passTime)
    await expect(created).rejects.toThrow('standstill')
    expect(timers.size).toBe(0)
  }
})

it('bytes that are slow to come do not count as a standstill of the store', async () => {
  const { clock, passTime } = clockOfTest()
  const slow = async function* () {
    passTime()
    yield Buffer.from('a')
  }
  const store = storeThat({ createFrom: async (_name, bytes) => void (await textOf(bytes)) })
  await withoutStandstill(store, clock).createFrom('x', slow())
})

it('a read that hangs is given up', async () => {
  const { clock, passTime } = clockOfTest()
  const store = storeThat({
    readRange: async function* () {
      yield Buffer.from('a')
      await NEVER
    },
  })
  const read = textOf(withoutStandstill(store, clock).readRange('x', { start: 0, end: 2 }))
  setImmediate(passTime)
  await expect(read).rejects.toThrow('No answer')
})

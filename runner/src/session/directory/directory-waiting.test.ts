import { beforeEach, describe, expect, it } from 'vitest'
import type { Directory } from './directory.ts'
import { ANA, beginAnew, BOB, commit, entries, underTest, message, open, pass, POISON, start } from './directory-under-test.ts'

beforeEach(beginAnew)

describe('whoever waits for the stored entries', () => {
  const forgetting = (directory: Directory): Promise<string> =>
    directory.forget([ANA]).then(
      () => 'forgotten',
      () => 'an error',
    )

  it('gets an error once nothing is kept here any more, before and after', async () => {
    const directory = open()
    const before = forgetting(directory)
    directory.close()
    expect([await before, await forgetting(directory)]).toEqual(['an error', 'an error'])
    await expect(directory.whenHeard()).rejects.toThrow()
    await expect(directory.labels(null)).rejects.toThrow()
    expect(underTest.writes).toBe(0)
  })

  it('gets it although an earlier change fails, and an error when its own fails', async () => {
    const directory = open()
    directory.hear({ contacts: [{ id: POISON, name: 'Poison' }] })
    const failed = directory.labels(POISON).catch(() => 'an error')
    const labels = directory.labels(null)
    directory.hear({ contacts: [{ id: ANA, name: 'Ana' }] })
    expect([await failed, await labels]).toEqual(['an error', []])
    await directory.whenHeard()
    expect(entries('contacts')).toMatchObject([{ id: ANA, name: 'Ana' }])
  })

  it('gets an error when the journal ends', async () => {
    const directory = await start((entry) => entry.onEnd?.(new Error('The journal has ended.')))
    expect(await forgetting(directory)).toBe('an error')
  })

  it('gets an error while they are damaged, and what was heard is written when they are mended', async () => {
    const directory = await start()
    commit(directory.ride(message(BOB)))
    pass(5000)
    const whole = new Map(underTest.stored)
    for (const [path, fields] of underTest.stored) underTest.stored.set(path, { ...fields, entries: Buffer.from('damaged') })
    const next = open()
    next.hear({ contacts: [{ id: ANA, name: 'Ana' }] })
    expect(await forgetting(next)).toBe('an error')
    await expect(next.whenHeard()).rejects.toThrow()
    underTest.stored = whole
    pass(60_000)
    await next.whenHeard()
    pass(5000)
    expect(entries('contacts')).toMatchObject([{ id: ANA, name: 'Ana' }])
  })

  it('gets it from a store that failed once, a second later', async () => {
    underTest.fails = 1
    const directory = open()
    const forgotten = forgetting(directory)
    await new Promise((resolve) => setImmediate(resolve))
    pass(1000)
    expect(await forgotten).toBe('forgotten')
  })
})

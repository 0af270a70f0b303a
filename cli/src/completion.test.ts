import { afterEach, describe, expect, it, vi } from 'vitest'
import { holdfast, type HostOptions } from './testing/host-under-test.ts'

// The library prints by itself.
const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
afterEach(() => printed.mockClear())

const NO_API = { url: undefined, apiKey: undefined }
const fetch = () => Promise.resolve(Response.json([{ name: 'main' }, { name: 'shop' }]))

/** What the shell gets for a line that is being typed: the hidden command of its script. */
async function completed(line: readonly string[], options: HostOptions = {}): Promise<string[]> {
  expect(await holdfast(['complete', '--', ...line], options)).toMatchObject({ code: 0, err: '' })
  const words = printed.mock.calls.map(([text]) => String(text).split('\t')[0] ?? '')
  printed.mockClear()
  // The last line tells the shell what to do with them.
  expect(words.at(-1)).toMatch(/^:\d+$/)
  return words.slice(0, -1)
}

describe('Tab', () => {
  it.each([
    [['web'], ['webhooks']],
    [
      ['webhooks', ''],
      ['deliveries', 'redrive', 'test'],
    ],
    [['send', '--pri'], ['--priority']],
    [
      ['sessions', 'show', ''],
      ['main', 'shop'],
    ],
    [['pair', 'sh'], ['shop']],
    [
      ['failed', 'retry', '--session', ''],
      ['main', 'shop'],
    ],
  ])('after %j gives %j', async (line, expected) => {
    expect(await completed(line, { fetch })).toEqual(expected)
  })

  it('gives commands also when no API is there, and says nothing of that', async () => {
    expect(await completed(['pur'], { env: NO_API })).toEqual(['purge', 'purges'])
    expect(await completed(['pair', ''])).toEqual([])
  })
})

it.each(['bash', 'zsh', 'fish', 'powershell'])('the script for %s calls the hidden command', async (shell) => {
  expect(await holdfast(`completion ${shell}`)).toMatchObject({ code: 0 })
  expect(String(printed.mock.calls[0]?.[0])).toMatch(/holdfast complete|holdfast' complete|complete --/)
})

it('an unknown shell is a wrong command line', async () => {
  expect(await holdfast('completion tcsh')).toMatchObject({ code: 2, err: expect.stringContaining('tcsh') })
})

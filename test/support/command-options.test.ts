import { describe, expect, test } from 'vitest'
import { BadOption, oneOf, readOptions, seedOption, wholeNumber } from './command-options.ts'

const LIST = {
  numbers: { kills: { least: 1, most: 10, fallback: 3 }, seed: seedOption('random') },
  words: ['only'],
  flags: ['all'],
} as const

describe('the options of a command', () => {
  test('have defaults and a random seed', () => {
    const { seed, ...values } = readOptions([], LIST)
    expect(values).toEqual({ kills: 3, all: false, json: false, help: false })
    expect(seed).toSatisfy((value: number) => Number.isInteger(value) && value >= 0 && value < 1_000_000)
    expect(readOptions([], { numbers: { seed: seedOption(1) } }).seed).toBe(1)
  })

  test('have the typed values', () => {
    const typed = ['--kills', '7', '--seed=0', '--only', 'claim', '--all', '--json', '-h']
    expect(readOptions(typed, LIST)).toEqual({ kills: 7, seed: 0, only: 'claim', all: true, json: true, help: true })
  })

  test.each([
    [['--kills', '11'], '--kills must be 1 to 10.'],
    [['--kills', '0'], '--kills must be 1 to 10.'],
    [['--kills=-1'], '--kills must be 1 to 10.'],
    [['--kills', '1.5'], '--kills must be 1 to 10.'],
    [['--kills='], '--kills must be 1 to 10.'],
    [['--seed', 'x'], '--seed must be 0 to 4294967295.'],
    [['--kill', '3'], '--help lists the options.'],
    [['claim'], '--help lists the options.'],
  ])('%j are refused with the valid values', (args, message) => {
    expect(() => readOptions(args, LIST)).toThrow(message)
    expect(() => readOptions(args, LIST)).toThrow(BadOption)
  })

  test('with an unknown choice are refused with the choices', () => {
    expect(oneOf('what', 'kill', ['kill', 'pause'])).toBe('kill')
    expect(() => oneOf('what', 'sleep', ['kill', 'pause'], ['all'])).toThrow('--what must be one of: kill, pause, all.')
    expect(wholeNumber('case', '12', { least: 0, most: 20 })).toBe(12)
  })
})

import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { strayErrors } from './stray-errors.ts'

test('what a client rejects beside its check is told once, and ends nothing', () => {
  const source = new EventEmitter()
  const lines: string[] = []
  const strays = strayErrors((line) => lines.push(line), source)
  for (let times = 0; times < 3; times++) {
    source.emit('unhandledRejection', new Error('Could not load the default credentials.\nMore.'))
  }
  expect(lines).toEqual(['      beside: Could not load the default credentials.'])
  expect(strays.take()).toHaveLength(1)
  expect(strays.take()).toEqual([])
  source.emit('uncaughtException', new Error('boom'))
  expect(strays.take()).toEqual([new Error('boom')])
  strays.end()
  expect(source.eventNames()).toEqual([])
})

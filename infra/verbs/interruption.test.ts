import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { interruption } from './interruption.ts'

function person() {
  const source = new EventEmitter()
  const wishes: string[] = []
  let time = 5000
  const { signal, end } = interruption({
    source,
    now: () => time,
    onFirst: () => wishes.push('in order'),
    onAgain: () => wishes.push('at once'),
  })
  /** One press, as a terminal, npm and the launcher pass it on. */
  const press = (afterMs: number): void => {
    time += afterMs
    for (const laterMs of [0, 3, 40]) {
      time += laterMs
      source.emit('SIGINT')
    }
  }
  return { source, wishes, signal, end, press }
}

test('one press of Ctrl-C that arrives three times is one', () => {
  const { wishes, signal, press } = person()
  press(0)
  expect([wishes, signal.aborted]).toEqual([['in order'], true])
})

test('another press ends it at once', () => {
  const { wishes, press } = person()
  press(0)
  press(2000)
  expect(wishes.slice(0, 2)).toEqual(['in order', 'at once'])
})

test('nothing is left in the process when it is over', () => {
  const { source, end } = person()
  end()
  expect(source.eventNames()).toEqual([])
})

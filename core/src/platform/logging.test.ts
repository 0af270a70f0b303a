import { expect, test } from 'vitest'
import { HoldfastError } from './errors.ts'
import { serializeError } from './logging.ts'

const SECRET = 'the text of a message'

const logged = (error: unknown): string => JSON.stringify(serializeError(error))

test('an error of somebody else is logged without its message, however that is made, and with its place', () => {
  for (const message of [SECRET, `first\n    at ${SECRET}`, `\n    at ${SECRET}\n    at ${SECRET}`, `$& ${SECRET}`]) {
    expect(logged(new TypeError(message))).not.toContain(SECRET)
    expect(logged(new TypeError(message))).toContain('TypeError')
    expect(logged(new TypeError(message))).toContain('logging.test.ts')
    expect(logged(new HoldfastError('unavailable', 'Away.', { cause: new Error(message) }))).not.toContain(SECRET)
  }
})

test('our own are logged with what they say, and with their code', () => {
  expect(serializeError(new HoldfastError('fenced', 'Another owner wrote.'))).toMatchObject({
    type: 'HoldfastError',
    code: 'fenced',
    text: 'Another owner wrote.',
  })
})

test('what is no error is logged as what it is, without its value', () => {
  for (const thrown of [SECRET, { text: SECRET }, [SECRET]]) expect(logged(thrown)).not.toContain(SECRET)
  expect(serializeError(SECRET)).toEqual({ type: 'string' })
})

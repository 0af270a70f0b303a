import { expect, test } from 'vitest'
import { HoldfastError } from './errors.ts'
import { serializeError } from './logging.ts'

const SECRET = 'the text of a message'

const logged = (error: unknown): string => JSON.stringify(serializeError(error))

test('a foreign error is logged without its message, in whatever form, and with its place', () => {
  for (const message of [SECRET, `first\n    at ${SECRET}`, `\n    at ${SECRET}\n    at ${SECRET}`, `$& ${SECRET}`]) {
    expect(logged(new TypeError(message))).not.toContain(SECRET)
    expect(logged(new TypeError(message))).toContain('TypeError')
    expect(logged(new TypeError(message))).toContain('logging.test.ts')
    expect(logged(new HoldfastError('unavailable', 'Away.', { cause: new Error(message) }))).not.toContain(SECRET)
  }
})

test('a HoldfastError is logged with its message and its code', () => {
  expect(serializeError(new HoldfastError('fenced', 'Another owner wrote.'))).toMatchObject({
    type: 'HoldfastError',
    code: 'fenced',
    text: 'Another owner wrote.',
  })
})

test('a thrown value that is no error is logged by its type, without its content', () => {
  for (const thrown of [SECRET, { text: SECRET }, [SECRET]]) expect(logged(thrown)).not.toContain(SECRET)
  expect(serializeError(SECRET)).toEqual({ type: 'string' })
})

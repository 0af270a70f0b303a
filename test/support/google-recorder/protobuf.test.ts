import { expect, test } from 'vitest'
import { field, fieldsIn, messageAt } from './protobuf.ts'

test('what is written is read again, numbers and lengths above 127 too', () => {
  const long = Buffer.from('x'.repeat(300))
  const message = Buffer.concat([
    field(1, Buffer.from('name')),
    field(20, Buffer.concat([field(6, 300), field(27, long)])),
    field(3, 1),
  ])
  expect(fieldsIn(message).map(({ number }) => number)).toEqual([1, 20, 3])
  expect(messageAt(message, 1).toString()).toBe('name')
  expect(messageAt(message, 20, 27)).toEqual(long)
  expect(fieldsIn(messageAt(message, 20))[0]).toEqual({ number: 6, value: 300 })
  expect(messageAt(message, 7, 7)).toHaveLength(0)
})

test('numbers of fixed length are passed over', () => {
  const fixed = Buffer.from([(4 << 3) | 1, 1, 2, 3, 4, 5, 6, 7, 8, (5 << 3) | 5, 1, 2, 3, 4])
  expect(fieldsIn(Buffer.concat([fixed, field(6, 7)]))).toEqual([{ number: 6, value: 7 }])
})

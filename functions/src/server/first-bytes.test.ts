import { expect, test } from 'vitest'
import { protocolOf } from './first-bytes.ts'

test('the first bytes tell the protocol as soon as they can be of one only', () => {
  const tell = (bytes: string) => protocolOf(Buffer.from(bytes))
  expect([tell(''), tell('P'), tell('PRI * HTTP')]).toEqual([null, null, null])
  expect([tell('G'), tell('POST'), tell('PRI / HTTP/1.1'), tell('\0')]).toEqual(Array(4).fill('http/1.1'))
  expect([tell('PRI * HTTP/2.0\r\n'), tell('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')]).toEqual(['http/2', 'http/2'])
})

import { HoldfastError } from '@holdfast/core/platform/errors'
import { expect, it } from 'vitest'
import { fetchedPicture } from './fetched-picture.ts'

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0])

let taken = 0
const hostWith = (...parts: readonly Uint8Array[]) => {
  taken = 0
  return async () => ({
    bytes: (async function* () {
      for (const part of parts) {
        taken++
        yield part
      }
    })(),
  })
}

it('a JPEG is taken as it is', async () => {
  expect(await fetchedPicture(hostWith(JPEG.subarray(0, 2), JPEG.subarray(2)), 'https://example.com/me')).toBe(
    JPEG.toString('base64'),
  )
})

it('another file and a large one are refused, and no more is read than needed', async () => {
  const refused = { code: 'not-possible' }
  await expect(fetchedPicture(hostWith(Buffer.from('GIF89a')), 'https://example.com')).rejects.toMatchObject(refused)
  await expect(fetchedPicture(hostWith(), 'https://example.com')).rejects.toMatchObject(refused)
  const large = Array.from({ length: 10 }, () => Buffer.alloc(200 * 1024, JPEG))
  await expect(fetchedPicture(hostWith(...large), 'https://example.com')).rejects.toMatchObject(refused)
  expect(taken).toBe(3)
})

it('an address that gives nothing is refused in the words of the download', async () => {
  const fails = () => Promise.reject(new HoldfastError('no-answer', 'The host says nothing.'))
  const refusal = { code: 'not-possible', message: 'The host says nothing.' }
  await expect(fetchedPicture(fails, 'https://example.com')).rejects.toMatchObject(refusal)
})

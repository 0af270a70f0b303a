import { expect, it } from 'vitest'
import { isOggOpus } from '@holdfast/core/message/ogg-opus'
import { factsOf, secondsOfOgg, sizeOfPicture } from './media-facts.ts'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')

it('the size of a picture is read from its head', () => {
  expect(sizeOfPicture(hex('89504e470d0a1a0a0000000d49484452000000400000002008020000'))).toEqual({ width: 64, height: 32 })
  expect(sizeOfPicture(hex('ffd8ffe000104a46494600010100000100010000ffc0001108012c01900301'))).toEqual({
    width: 400,
    height: 300,
  })
  for (const other of ['', 'ffd8', 'ffd8ffe0ffff', '474946383961', 'ffd80000000000000000'])
    expect(sizeOfPicture(hex(other))).toBeNull()
})

it('the length of a sound is read from its last page', () => {
  const page = (samples: bigint): Buffer => {
    const position = Buffer.alloc(8)
    position.writeBigInt64LE(samples)
    return Buffer.concat([Buffer.from('OggS'), Buffer.of(0, 4), position, Buffer.alloc(20)])
  }
  expect(secondsOfOgg(Buffer.concat([page(48_000n), page(480_000n)]))).toBe(10)
  expect(secondsOfOgg(page(-1n))).toBeNull()
  expect(secondsOfOgg(Buffer.from('RIFF'))).toBeNull()
})

it('the size of a sticker is read from its head, and whether it moves', async () => {
  const data = hex('02000000ff0100ff0000')
  const sticker = Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBPVP8X\0\0\0\0', 'latin1'), data, Buffer.alloc(50_000)])
  const read = async function* ({ end }: { end: number }) {
    yield sticker.subarray(0, end)
  }
  const size = { width: 512, height: 256 }
  expect(await factsOf('image/webp', sticker.length, read)).toEqual({ seconds: null, size, isAnimated: true })
})

it('nothing is read of other files', async () => {
  const read = () => expect.unreachable()
  expect(await factsOf('application/pdf', 1000, read)).toEqual({ seconds: null, size: null })
})

it('a voice message is known by its first page, whatever its sender calls it', () => {
  const page = (codec: string) => Buffer.concat([Buffer.from('OggS'), Buffer.alloc(24), Buffer.from(codec)])
  expect([page('OpusHead'), page('\u0001vorbis'), Buffer.from('ID3 OpusHead'), Buffer.alloc(0)].map(isOggOpus)).toEqual([
    true,
    false,
    false,
    false,
  ])
})

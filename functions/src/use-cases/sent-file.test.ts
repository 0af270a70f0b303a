import type { MediaContent } from '@holdfast/core/message/media-content'
import { describe, expect, test } from 'vitest'
import { placesOf, withoutBytes } from './sent-file.ts'

const URL_SOURCE = { kind: 'url', url: 'https://example.com/a' } as const
const STORED_SOURCE = { kind: 'stored', object: 'media/acme/acme.main/given', bytes: 1, sha256: '' } as const

const file = (source: MediaContent['media']['source'], more: object = {}) =>
  ({ type: 'image', caption: null, media: { source, mimetype: 'image/png', filename: null }, ...more }) as unknown as MediaContent

const voice = (source: MediaContent['media']['source']) => file(source, { type: 'voice', converts: true })

describe('the file of a message may lie', () => {
  const places = (content: MediaContent, firstSession: string | null = null) =>
    placesOf('job', { sessionId: 'acme.main', firstSession }, content).map(({ object }) => object)

  test('where its request has put it', () => {
    expect(places(file(STORED_SOURCE))).toEqual(['media/acme/acme.main/given'])
  })

  test('where its owner has fetched it', () => {
    expect(places(file(URL_SOURCE))).toEqual(['media/acme/acme.main/job'])
  })

  test('first where an owner has converted it, with each session that it was of', () => {
    expect(places(voice(URL_SOURCE), 'acme.first')).toEqual([
      'media/acme/acme.main/job-voice',
      'media/acme/acme.first/job-voice',
      'media/acme/acme.main/job',
      'media/acme/acme.first/job',
    ])
  })
})

describe('a file that lies nowhere', () => {
  test.each([
    ['is over when it came with its request', file(STORED_SOURCE), 'pending', null, { state: 'gone', reason: 'expired' }],
    ['is to come while its message waits', file(URL_SOURCE), 'pending', null, { state: 'pending' }],
    ['is to come while its message is sent', file(URL_SOURCE), 'processing', null, { state: 'pending' }],
    ['is over when its message was sent', file(URL_SOURCE), 'sent', null, { state: 'gone', reason: 'expired' }],
    [
      'was never fetched for a message that was canceled',
      file(URL_SOURCE),
      'canceled',
      null,
      { state: 'gone', reason: 'not-fetched' },
    ],
    ['was never fetched for a message that failed', file(URL_SOURCE), 'failed', null, { state: 'gone', reason: 'not-fetched' }],
    [
      'is over when it was uploaded first',
      file(URL_SOURCE),
      'failed',
      Buffer.from('sealed'),
      { state: 'gone', reason: 'expired' },
    ],
  ] as const)('%s', (_, content, status, upload, expected) => {
    expect(withoutBytes({ status, upload }, content)).toEqual(expected)
  })
})

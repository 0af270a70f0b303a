import type { Media } from '@holdfast/core/message/media-document'
import type { UploadedMedia } from '@holdfast/core/message/uploaded-media'
import { expect, it } from 'vitest'
import { fileOfJob } from './file-of-job.ts'

const UPLOAD = { mimetype: 'audio/ogg; codecs=opus', bytes: 7 } as UploadedMedia

const FETCHED: Media = { source: { kind: 'url', url: 'https://example.com/a.mp3' }, mimetype: 'audio/mpeg', filename: 'a.mp3' }

const STORED: Media = {
  ...FETCHED,
  source: { kind: 'stored', object: 'media/default/default.other/abc', bytes: 3, sha256: '00' },
}

it('a file lies where the request or the owner put it, with the type and size that WhatsApp has', () => {
  const of = (media: Media) => fileOfJob('default.main', 'j1', { type: 'voice', media }, UPLOAD)
  expect(of(STORED)).toMatchObject({ state: 'stored', object: 'media/default/default.other/abc', bytes: 7, filename: 'a.mp3' })
  expect(of(FETCHED)).toMatchObject({ object: 'media/default/default.main/j1', mimetype: 'audio/ogg; codecs=opus' })
})

it('a sound that may have been converted lies in one of two places', () => {
  expect(fileOfJob('default.main', 'j1', { type: 'voice', media: STORED, converts: true }, UPLOAD)).toBeNull()
})

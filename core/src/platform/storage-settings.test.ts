import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { messageOf } from './errors.ts'
import { readSettings } from './settings.ts'
import { storageOf, storageRules, storageSettings, type StorageConfig } from './storage-settings.ts'

const read = (environment: Record<string, string>): StorageConfig =>
  storageOf(readSettings(z.object(storageSettings), environment, storageRules))

const complaint = (environment: Record<string, string>): string => {
  try {
    read(environment)
    return 'nothing'
  } catch (error) {
    return messageOf(error)
  }
}

describe('the place of sessions', () => {
  test('is Firestore and a bucket by default', () => {
    expect(read({ STORAGE_BUCKET: 'bucket' })).toEqual({ type: 'hybrid', bucket: 'bucket' })
    expect(read({ STORAGE_BUCKET: 'bucket', SESSION_STORAGE_TYPE: 'cloud' })).toEqual({ type: 'cloud', bucket: 'bucket' })
  })

  test('is a directory with `local`, which needs no bucket', () => {
    const local = { SESSION_STORAGE_TYPE: 'local', SESSION_STORAGE_PATH: '/var/lib/holdfast' }
    expect(read(local)).toEqual({ type: 'local', path: '/var/lib/holdfast' })
    expect(read({ ...local, STORAGE_BUCKET: 'for archives' })).toEqual({
      type: 'local',
      path: '/var/lib/holdfast',
      bucket: 'for archives',
    })
  })
})

describe('the storage settings', () => {
  const local = (path: string) => complaint({ SESSION_STORAGE_TYPE: 'local', SESSION_STORAGE_PATH: path })

  test.each(['sessions', './sessions', '../sessions', 'C:\\sessions'])(
    'refuse a relative path and name the reason (%s)',
    (path) => {
      expect(local(path)).toMatch(/SESSION_STORAGE_PATH: must be absolute.*relative/)
    },
  )

  test.each(['~', '~/sessions', '~holdfast/sessions'])('refuse a home directory, which no shell resolves (%s)', (path) => {
    expect(local(path)).toMatch(/SESSION_STORAGE_PATH: must be absolute; `~`/)
  })

  test('refuse a relative path even when the storage type ignores it', () => {
    expect(complaint({ STORAGE_BUCKET: 'bucket', SESSION_STORAGE_PATH: 'sessions' })).toContain('SESSION_STORAGE_PATH')
  })

  test('refuse `local` without a path, and the root of the file system', () => {
    expect(complaint({ SESSION_STORAGE_TYPE: 'local' })).toContain('SESSION_STORAGE_PATH: is required')
    expect(local('/')).toContain('SESSION_STORAGE_PATH: must be a directory of its own')
  })

  test('refuse `hybrid` and `cloud` without a bucket, and an unknown storage type', () => {
    for (const type of ['hybrid', 'cloud'])
      expect(complaint({ SESSION_STORAGE_TYPE: type })).toContain('STORAGE_BUCKET: is required')
    expect(complaint({})).toContain('STORAGE_BUCKET: is required')
    expect(complaint({ SESSION_STORAGE_TYPE: 'gcs', STORAGE_BUCKET: 'b' })).toContain(
      'SESSION_STORAGE_TYPE: must be `local`, `cloud`',
    )
  })
})

import { expect, test } from 'vitest'
import { Strikes } from './strikes.ts'

const asked = (what: string, command = 'gcloud secrets create A') => ({ what, pid: 1, command })

test('each command is struck once at each kind of its changes, by turns before and after it', () => {
  const strikes = new Strikes()
  expect(strikes.next(asked('POST /secrets'))?.fate).toBe('before')
  expect(strikes.next(asked('POST /secrets'))).toBeNull()
  expect(strikes.next(asked('POST /secrets', 'gcloud secrets create B'))?.fate).toBe('after')
  expect(strikes.next(asked('PATCH /secrets/A'))?.fate).toBe('before')
  expect(strikes.count).toBe(3)
})

test('indexes are one kind of change, whatever their collection', () => {
  const strikes = new Strikes()
  const index = (collection: string) => asked(`POST host/v1/databases/(default)/collectionGroups/${collection}/indexes`)
  expect(strikes.next(index('jobs'))).not.toBeNull()
  expect(strikes.next(index('sessions'))).toBeNull()
})

test('now and then everything dies with the command', () => {
  const strikes = new Strikes()
  const dying = Array.from({ length: 20 }, (_, index) => strikes.next(asked(`POST /${index}`))?.everything)
  expect(dying.map((dies, index) => (dies ? index + 1 : 0)).filter(Boolean)).toEqual([10, 20])
})

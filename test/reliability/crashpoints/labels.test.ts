import type { DocumentSnapshot, Fields } from '@holdfast/core/platform/ports'
import { describe, expect, test } from 'vitest'
import { nameOfFrame, nameOfObject, nameOfQuery, nameOfTimer, namesOfCommit } from './labels.ts'

const session = 'whatsapp_connection_states/default.a'

describe('the name of a point', () => {
  test('of a commit shows its record and the documents with it, in any order', () => {
    const record = { kind: 'create', path: `${session}/journal/00000000000000000007`, fields: { kind: 'data' } } as const
    const job = { kind: 'merge', path: 'message_queue_jobs/x', fields: {} } as const
    const message = { kind: 'merge', path: `${session}/messages/y`, fields: {} } as const
    expect(namesOfCommit([record, message, job, job]).toSorted()).toEqual([
      'commit data record',
      'commit data record with job',
      'commit data record with message',
    ])
    expect(namesOfCommit([{ kind: 'delete', path: record.path }])).toEqual(['commit delete journal'])
  })

  test('of a commit that changes a waiting job shows what becomes of the job', () => {
    const record = { kind: 'create', path: `${session}/journal/00000000000000000007`, fields: { kind: 'data' } } as const
    const unlessChangedSince = { path: 'message_queue_jobs/x' } as DocumentSnapshot
    const change = (fields: Fields) => ({ kind: 'update', path: 'message_queue_jobs/x', fields, unlessChangedSince }) as const
    expect(namesOfCommit([record, change({ status: 'processing', attempts: 1 })])).toContain(
      'commit data record with waiting job: processing',
    )
    expect(namesOfCommit([record, change({ hold: null })])).toContain('commit data record with waiting job: hold')
  })

  test('of a query shows its conditions', () => {
    const where = [['runnerId', '==', null]] as const
    expect(nameOfQuery({ collection: 'whatsapp_connection_states', where })).toBe('query session by runnerId')
  })

  test('of a frame shows its stanza without ids', () => {
    expect(nameOfFrame('out', null)).toBe('frame out handshake')
    expect(nameOfFrame('in', { tag: 'receipt', attrs: { id: '1', type: 'retry' } })).toBe('frame in receipt retry')
    const attrs = { id: '1', type: 'set', xmlns: 'encrypt' }
    expect(nameOfFrame('out', { tag: 'iq', attrs, content: [{ tag: 'registration', attrs: {} }] })).toBe(
      'frame out iq set encrypt registration',
    )
  })

  test('of an object shows what lies there', () => {
    const names = ['sessions/default.a/1.ckpt', 'sessions/default.a/archive/1.arc', 'media/default/archive/1', 'checks/1']
    expect(names.map((name) => nameOfObject('read', name))).toEqual(
      ['checkpoint', 'archive', 'medium', 'store check'].map((what) => `object read ${what}`),
    )
  })

  test('of a timer shows the name of the timer', () => {
    expect(nameOfTimer('journal')).toBe('timer journal')
  })
})

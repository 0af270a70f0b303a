import { describe, expect, test } from 'vitest'
import { orderOf, type RevisionRunner } from './revisions.ts'

const runner = (id: string, revision: string, createdAtMicros: number, more: Partial<RevisionRunner> = {}): RevisionRunner => ({
  id,
  revision,
  createdAtMicros,
  isAlive: true,
  hasRoom: true,
  ...more,
})

const OLD = [runner('old-1', 'r1', 10), runner('old-2', 'r1', 20)]
const NEW = [runner('new-1', 'r2', 30), runner('new-2', 'r2', 40)]
const of = (id: string, ...runners: readonly RevisionRunner[]) => orderOf(id, runners)

describe('while two revisions are there', () => {
  test('runners of the older one wait for those of the newer one, and each side has an order of its own', () => {
    expect(of('old-1', ...OLD, ...NEW)).toEqual({ waits: true, peers: ['old-1', 'old-2'] })
    expect(of('new-2', ...OLD, ...NEW)).toEqual({ waits: false, peers: ['new-1', 'new-2'] })
  })

  test('the newer one is the one that Firestore saw later, whatever it is called', () => {
    const renamed = [runner('first', 'r9', 10), runner('second', 'r1', 20)]
    expect([of('first', ...renamed).waits, of('second', ...renamed).waits]).toEqual([true, false])
  })

  test('a runner of the older one that started later does not make it the newer one', () => {
    const late = runner('old-3', 'r1', 50)
    expect(of('old-3', ...OLD, ...NEW, late).waits).toBe(true)
    expect(of('new-1', ...OLD, ...NEW, late).waits).toBe(false)
  })

  test('the document of a dead process still tells how old a revision is', () => {
    const dead = runner('old-1', 'r1', 10, { isAlive: false })
    expect(of('old-3', dead, ...NEW, runner('old-3', 'r1', 50))).toEqual({ waits: true, peers: ['old-3'] })
  })
})

describe('nobody waits for a newer revision', () => {
  test.each([
    ['that has no room', { hasRoom: false }],
    ['that is dead', { isAlive: false }],
  ])('%s', (_why, more) => {
    const gone = NEW.map((one) => ({ ...one, ...more }))
    expect(of('old-1', ...OLD, ...gone).waits).toBe(false)
  })

  test('a full runner of the newer one does not hold up the others of it', () => {
    const [first, second] = [runner('new-1', 'r2', 30, { hasRoom: false }), runner('new-2', 'r2', 40)]
    expect(of('old-1', ...OLD, first, second).waits).toBe(true)
    expect(of('new-2', ...OLD, first, second).waits).toBe(false)
  })
})

describe('without revisions', () => {
  test('all runners are peers', () => {
    const plain = [runner('a', '', 10), runner('b', '', 20)]
    expect(of('a', ...plain)).toEqual({ waits: false, peers: ['a', 'b'] })
  })

  test('a runner of an earlier version, which tells none, waits for nobody, and nobody waits for it', () => {
    expect(of('new-1', runner('earlier', '', 50), ...NEW)).toMatchObject({ waits: false })
    expect(of('earlier', runner('earlier', '', 5), ...NEW)).toMatchObject({ waits: false })
  })

  test('a runner that is not on the list yet waits for nobody', () => {
    expect(of('unknown', ...OLD, ...NEW).waits).toBe(false)
    expect(of('alone')).toEqual({ waits: false, peers: [] })
  })
})

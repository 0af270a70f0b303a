import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { STATE_KINDS, type StateKind } from './state-kinds.ts'

const kinds = Object.entries(STATE_KINDS)

describe('the table of the kinds of the state image', () => {
  test('states for each kind what an entry is, what its id is, and why it may be pruned or not', () => {
    for (const [kind, { holds, id, prune }] of kinds) {
      expect(
        [holds, id, prune.because].every((sentence) => sentence.length > 3),
        kind,
      ).toBe(true)
      expect(prune.because, kind).toMatch(/\.$/)
    }
  })

  test('has every kind that earlier versions have written', () => {
    const written =
      'app-state-pending asked-again app-state-sync-key app-state-sync-version begun-with contact delivery device-cache device-list '
    const more =
      'identity-key inbox lid-mapping meta missing-lid paced-recipient pacing pre-key receipt sender-key sender-key-memory session tctoken ' +
      'undecrypted voided-creds'
    expect(Object.keys(STATE_KINDS)).toEqual(expect.arrayContaining(`${written}${more}`.split(' ')))
  })

  test('is in the documentation, row by row', () => {
    const page = readFileSync(fileURLToPath(new URL('../../../docs/ARCHITECTURE.md', import.meta.url)), 'utf8')
    const rows = kinds.map(([kind]) => documentedRow(kind as StateKind))
    expect(rows.filter((row) => !page.includes(`${row}\n`))).toEqual([])
  })
})

function documentedRow(kind: StateKind): string {
  const { holds, id, owner, codec, isOfIdentity, prune, afterLoss } = STATE_KINDS[kind]
  const cells = [`\`${kind}\``, holds, id, owner, codec.format, isOfIdentity ? 'dropped' : 'kept', prune.rule, afterLoss]
  return `| ${cells.join(' | ')} |`
}

describe('a value of an entry', () => {
  const read = <Value>(codec: { encode(value: Value): string; decode(encoded: string): Value }, value: Value) =>
    codec.decode(codec.encode(value))

  test('is unchanged after it was written and read', () => {
    const row = { id: 'M1', at: 1, plain: 'AA==', settled: true } as const
    expect(read(STATE_KINDS.inbox.codec, row)).toEqual(row)
    expect(read(STATE_KINDS.delivery.codec, 2)).toBe(2)
    expect(read(STATE_KINDS.receipt.codec, 'read')).toBe('read')
  })

  test('is stored in the format of earlier versions', () => {
    expect(STATE_KINDS.delivery.codec.encode(2)).toBe('2')
    expect(STATE_KINDS.receipt.codec.encode('delivered')).toBe('delivered')
    expect(STATE_KINDS['app-state-pending'].codec.encode('1')).toBe('1')
    expect(STATE_KINDS.contact.codec.encode({ notify: 'Ana' })).toBe('{"notify":"Ana"}')
    expect(STATE_KINDS['device-cache'].codec.encode({ at: 1, devices: [] })).toBe('{"at":1,"devices":[]}')
  })

  test('keeps the fields of later versions', () => {
    const row = { id: 'M1', at: 1, ofALaterVersion: true }
    expect(STATE_KINDS.inbox.codec.decode(JSON.stringify(row))).toEqual(row)
  })
})

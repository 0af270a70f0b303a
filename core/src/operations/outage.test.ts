import { describe, expect, test } from 'vitest'
import { type NetworkReport, networkReportSchema, type OutageVerdict } from './network-report.ts'
import {
  FLEET_VERDICT_LIMIT_MS,
  type FleetMember,
  fleetOutage,
  holdReasonOf,
  isMassFailure,
  outageFor,
  type Reach,
  runnerOutage,
  type SessionsSeen,
} from './outage.ts'

type Known = 'works' | 'fails' | '?'

interface Seen {
  readonly sessions: SessionsSeen
  readonly whatsapp: Known
  readonly dns: Known
  readonly neutral: Known
  readonly google: Known
}

type Cell<Value extends string> = Value | `not ${Value}` | '-'

/** The table in the prose of `outage.ts`, row by row. */
const TABLE: readonly (readonly [Cell<SessionsSeen>, Cell<Known>, Cell<Known>, Cell<Known>, Cell<Known>, OutageVerdict])[] = [
  ['refused', '-', '-', '-', '-', 'whatsapp'],
  ['cut-off', 'works', '-', '-', '-', 'whatsapp'],
  ['not heard', 'fails', '-', 'works', '-', 'whatsapp'],
  ['not heard', 'fails', '-', 'fails', 'works', 'runner'],
  ['not heard', 'fails', '-', 'fails', 'not works', 'fleet'],
  ['not heard', 'fails', 'fails', '?', 'works', 'runner'],
  ['not heard', 'fails', 'not fails', '?', 'works', 'whatsapp'],
  ['not heard', 'fails', '-', '?', 'fails', 'fleet'],
  ['heard', '-', '-', '-', 'fails', 'google'],
  ['-', 'works', '-', '-', 'fails', 'google'],
  ['-', '-', '-', 'works', 'fails', 'google'],
]

const KNOWN: readonly Known[] = ['works', 'fails', '?']
const SESSIONS: readonly SessionsSeen[] = ['heard', 'refused', 'cut-off', 'unknown']

const ALL: readonly Seen[] = SESSIONS.flatMap((sessions) =>
  KNOWN.flatMap((whatsapp) =>
    KNOWN.flatMap((dns) =>
      KNOWN.flatMap((neutral) => KNOWN.map((google) => ({ sessions, whatsapp, dns, neutral, google }) satisfies Seen)),
    ),
  ),
)

const fits = (cell: string, value: string): boolean =>
  cell === '-' || cell === value || (cell.startsWith('not ') && cell.slice(4) !== value)

const byTable = (seen: Seen): OutageVerdict =>
  TABLE.find(([sessions, whatsapp, dns, neutral, google]) =>
    [
      [sessions, seen.sessions],
      [whatsapp, seen.whatsapp],
      [dns, seen.dns],
      [neutral, seen.neutral],
      [google, seen.google],
    ].every(([cell = '', value = '']) => fits(cell, value)),
  )?.[5] ?? 'none'

const reachOf = ({ whatsapp, dns, neutral, google }: Seen): Reach =>
  Object.fromEntries(
    Object.entries({ whatsapp, dns, neutral, google }).flatMap(([target, known]) =>
      known === '?' ? [] : [[target, known === 'works']],
    ),
  )

describe('the conclusion of one runner', () => {
  test(`follows the table in all ${ALL.length} combinations`, () => {
    for (const seen of ALL) expect(runnerOutage(reachOf(seen), seen.sessions), JSON.stringify(seen)).toBe(byTable(seen))
  })

  test('needs something that fails', () => {
    const failing = ({ sessions, ...targets }: Seen) =>
      sessions === 'refused' || sessions === 'cut-off' || Object.values(targets).includes('fails')
    for (const seen of ALL.filter((each) => !failing(each))) expect(byTable(seen), JSON.stringify(seen)).toBe('none')
  })

  test('blames WhatsApp or Google only while something else works', () => {
    for (const seen of ALL) {
      const works = seen.sessions === 'heard' || seen.sessions === 'refused' || Object.values(seen).includes('works')
      if (!works) expect(['none', 'fleet'], JSON.stringify(seen)).toContain(byTable(seen))
    }
  })

  test('takes Storage and Tasks for Google', () => {
    for (const failing of [{ google: false }, { google: true, storage: false }, { google: true, tasks: false }])
      expect(runnerOutage({ whatsapp: true, ...failing }, 'heard')).toBe('google')
  })
})

const at = new Date(0)

interface Member {
  verdict?: OutageVerdict
  reaches?: boolean
  alive?: boolean
  dials?: { sessions: number; failing: number }
  /** The probe of WhatsApp. */
  probe?: boolean | undefined
  heardAgoMs?: number | null
}

const probesOf = (ok: boolean | undefined): NetworkReport['probes'] =>
  ok === undefined ? {} : { whatsapp: { ok, since: at, checkedAt: at, ms: null, error: null } }

const member = (
  { verdict, reaches = verdict === 'none', alive = true, dials, probe, heardAgoMs }: Member,
  index: number,
): FleetMember => ({
  runnerId: `r${index + 1}`,
  isAlive: alive,
  isConnected: reaches,
  network:
    verdict === undefined
      ? null
      : {
          probes: probesOf(probe),
          verdict,
          since: at,
          ...(dials ? { dials } : {}),
          ...(heardAgoMs === undefined ? {} : { heardAgoMs }),
        },
})

const fleet = (...members: Member[]) => fleetOutage(members.map(member))

const none = { verdict: 'none' } as const
const idle = { verdict: 'none', reaches: false } as const
const runner = { verdict: 'runner' } as const
const whatsapp = { verdict: 'whatsapp' } as const
const google = { verdict: 'google' } as const
const gone = { verdict: 'none', alive: false } as const
const silent = {}

describe('the conclusion from all runners', () => {
  test.each<[string, Member[], OutageVerdict, string[]]>([
    ['no runner', [], 'none', []],
    ['a runner of an earlier version', [silent], 'none', []],
    ['one dead runner', [gone], 'none', []],
    ['all runners fell silent', [gone, gone], 'fleet', []],
    ['two fell silent and one works', [gone, gone, none], 'none', []],
    ['two fell silent and one does not report', [gone, gone, silent], 'none', []],
    ['all is well', [none, none], 'none', []],
    ['nothing is connected anywhere', [idle, idle], 'none', []],
    ['all blame WhatsApp', [whatsapp, whatsapp], 'whatsapp', []],
    ['the only runner blames WhatsApp', [whatsapp], 'whatsapp', []],
    ['one blames WhatsApp, the other has no connection to judge by', [whatsapp, idle], 'whatsapp', ['r1']],
    ['one blames WhatsApp, the other is connected', [whatsapp, none], 'runner', ['r1']],
    ['two of three blame WhatsApp', [whatsapp, whatsapp, none], 'whatsapp', ['r1', 'r2']],
    ['one of three blames WhatsApp', [none, whatsapp, none], 'runner', ['r2']],
    ['one is cut off', [runner, none], 'runner', ['r1']],
    ['the only runner is cut off', [runner], 'runner', ['r1']],
    ['all are cut off', [runner, runner], 'egress', []],
    ['all that have something to say are cut off', [runner, runner, idle], 'egress', ['r1', 'r2']],
    ['three of four are cut off', [runner, runner, runner, none], 'runner', ['r1', 'r2', 'r3']],
    ['one is cut off, one blames WhatsApp', [runner, whatsapp], 'whatsapp', ['r2']],
    ['a dead runner blamed WhatsApp', [{ ...whatsapp, alive: false }, none], 'none', []],
    ['Google fails for all', [google, google], 'google', []],
    ['Google fails for the one that needs it', [google, none], 'google', ['r1']],
    ['Google fails, and WhatsApp for another', [google, whatsapp], 'whatsapp', ['r2']],
  ])('%s', (_, members, verdict, runners) => {
    expect(fleet(...members)).toEqual({ verdict, runners })
  })

  test('sees what no runner can see alone: few sessions on each, and most of all fail', () => {
    const failing = { ...idle, probe: true, dials: { sessions: 2, failing: 2 } }
    expect(fleet(failing, failing)).toEqual({ verdict: 'whatsapp', runners: [] })
    expect(fleet({ ...failing, probe: undefined }, failing).verdict).toBe('none')
    expect(fleet(failing, { ...none, dials: { sessions: 9, failing: 1 } }).verdict).toBe('none')
    expect(fleet({ ...idle, dials: { sessions: 4, failing: 4 } }).verdict).toBe('none')
    expect(fleet(failing, { ...runner, dials: { sessions: 9, failing: 9 } }).verdict).toBe('runner')
  })

  test('believes a connection only as long as it has been heard, and a fresh probe before that', () => {
    const connected = { ...none, heardAgoMs: 20_000 }
    expect(fleet(whatsapp, connected).verdict).toBe('runner')
    expect(fleet(whatsapp, { ...connected, heardAgoMs: 40_000 })).toEqual({ verdict: 'whatsapp', runners: ['r1'] })
    expect(fleet(whatsapp, { ...connected, heardAgoMs: null }).verdict).toBe('whatsapp')
    expect(fleet(whatsapp, { ...connected, probe: false }).verdict).toBe('whatsapp')
    expect(fleet(whatsapp, { ...idle, heardAgoMs: null, probe: true }).verdict).toBe('runner')
  })

  test('is none for every mix of runners without a complaint', () => {
    const quiet = [none, idle, silent]
    for (const one of quiet)
      for (const two of quiet) for (const three of quiet) expect(fleet(one, two, three).verdict).toBe('none')
  })

  test('takes no outage of one runner for one of the fleet while another reaches WhatsApp', () => {
    const verdicts: OutageVerdict[] = ['runner', 'whatsapp', 'fleet', 'egress']
    for (const verdict of verdicts)
      expect(fleet({ verdict, reaches: false }, none)).toEqual({ verdict: 'runner', runners: ['r1'] })
  })
})

test('a mass failure takes three sessions, and most of all', () => {
  const masses = [
    [2, 2],
    [3, 3],
    [3, 5],
    [3, 6],
    [26, 50],
  ].map(([failing = 0, sessions = 0]) => isMassFailure({ failing, sessions }))
  expect(masses).toEqual([false, true, true, false, true])
})

describe('the verdict on the fleet, for one runner', () => {
  const outage = { verdict: 'whatsapp', since: at, runners: [] as string[] } as const
  test('concerns all, or the runners that it names', () => {
    expect(outageFor('r1', outage, 0)).toBe('whatsapp')
    expect(outageFor('r1', { ...outage, runners: ['r1'] }, 0)).toBe('whatsapp')
    expect(outageFor('r1', { ...outage, runners: ['r2'] }, 0)).toBe('none')
    expect(outageFor('r1', null, 0)).toBe('none')
  })

  test('counts for nothing when nobody has renewed it', () => {
    expect(outageFor('r1', outage, FLEET_VERDICT_LIMIT_MS)).toBe('whatsapp')
    expect(outageFor('r1', outage, FLEET_VERDICT_LIMIT_MS + 1)).toBe('none')
  })
})

test('an outage of Google keeps nobody from dialling; the others say why they do', () => {
  const verdicts: OutageVerdict[] = ['none', 'google', 'whatsapp', 'runner', 'egress', 'fleet']
  expect(verdicts.map(holdReasonOf)).toEqual([
    null,
    null,
    'outage-whatsapp',
    'outage-network',
    'outage-network',
    'outage-network',
  ])
})

test('a verdict of a later version counts as none', () => {
  const report = { probes: {}, verdict: 'solar-flare', since: at, dials: 'many' }
  expect(networkReportSchema.parse(report)).toEqual({ probes: {}, verdict: 'none', since: at, dials: undefined })
})

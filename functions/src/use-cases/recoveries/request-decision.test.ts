import type { LadderFacts } from '@holdfast/core/session/recovery-ladder'
import { expect, test } from 'vitest'
import { decideRequest } from './request-decision.ts'

const LOST: LadderFacts = {
  cause: 'network',
  evidence: 'strong',
  isHalted: false,
  nowMs: 0,
  lostForMs: 60_000,
  silenceMs: 900_000,
  taken: [],
  earlier: [],
  ofRunner: [],
  isOutage: false,
  hasRoomElsewhere: true,
  isRunnerSick: false,
  isAutomatic: true,
  request: { step: null, by: 'person' },
}

const asked = (step: NonNullable<LadderFacts['request']>['step']) => ({ request: { step, by: 'person' as const } })

test.each<[string, Partial<LadderFacts>, string]>([
  ['a lost session', {}, 'requested reconnect'],
  ['a lost session whose connection was rebuilt', { taken: [{ step: 'rebuild', atMs: 0 }] }, 'requested move'],
  ['a session that works', { cause: null }, 'nothing null'],
  ['a session that works, with a step', { cause: null, ...asked('reload') }, 'requested reload'],
  ['a banned session', { cause: 'banned', isHalted: true }, 'nothing null'],
  ['a banned session, with a step', { cause: 'banned', isHalted: true, ...asked('reconnect') }, 'vetoed reconnect'],
  ['a session that was logged out', { cause: 'logged-out', isHalted: true }, 'nothing new-qr'],
  ['a new QR code', { cause: 'logged-out', isHalted: true, ...asked('new-qr') }, 'proposed new-qr'],
  ['a damaged session', { cause: 'unreadable', isHalted: true }, 'nothing restore'],
  ['a restore', { cause: 'unreadable', isHalted: true, ...asked('restore') }, 'proposed restore'],
  ['an outage', { isOutage: true }, 'vetoed null'],
  ['an outage, with a move', { isOutage: true, ...asked('move') }, 'vetoed move'],
  ['a move to nowhere', { hasRoomElsewhere: false, ...asked('move') }, 'vetoed move'],
  ['a restart of a runner that is well', asked('restart-runner'), 'vetoed restart-runner'],
  ['a restart of a sick runner', { isRunnerSick: true, ...asked('restart-runner') }, 'proposed restart-runner'],
])('a request about %s', (_, facts, expected) => {
  const { outcome, step } = decideRequest({ ...LOST, ...facts })
  expect(`${outcome} ${step}`).toBe(expected)
})

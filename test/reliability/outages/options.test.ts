import { describe, expect, test } from 'vitest'
import { COMBINATIONS, nameOf, verdictOf, wayOf } from './cases.ts'
import { parseOptions } from './options.ts'

describe('the options of the outages', () => {
  test('take all combinations of one and two services, in ways that take turns', () => {
    const { cases } = parseOptions([])
    expect(cases).toHaveLength(15)
    expect(new Set(cases.map(({ services }) => nameOf(services))).size).toBe(15)
    expect(new Set(cases.map(({ how }) => how))).toEqual(new Set(['refuse', 'hang', 'errors']))
  })

  test('take some combinations in one way', () => {
    expect(parseOptions(['--only', 'network, firestore+tasks', '--how', 'hang']).cases).toEqual([
      { services: ['network'], how: 'hang' },
      { services: ['firestore', 'tasks'], how: 'hang' },
    ])
  })

  test.each([[['--only', 'moon']], [['--how', 'errors']], [['--how', 'softly']]])('refuse %j', (args) => {
    expect(() => parseOptions(args)).toThrow(/^--/)
  })
})

test('WhatsApp lets nobody in only where the network leads to it', () => {
  for (const [index, services] of COMBINATIONS.entries()) {
    if (wayOf(services, index) === 'errors') expect(services).toContain('whatsapp')
    if (services.includes('network')) expect(wayOf(services, index)).not.toBe('errors')
  }
})

test('the verdict is the outage that keeps sessions from WhatsApp, or Google’s', () => {
  expect(COMBINATIONS.map((services) => `${nameOf(services)}: ${verdictOf(services) ?? 'untold'}`)).toEqual([
    'network: egress',
    'whatsapp: whatsapp',
    'firestore: untold',
    'storage: google',
    'tasks: google',
    'network+whatsapp: egress',
    'network+firestore: untold',
    'network+storage: egress',
    'network+tasks: egress',
    'whatsapp+firestore: untold',
    'whatsapp+storage: whatsapp',
    'whatsapp+tasks: whatsapp',
    'firestore+storage: untold',
    'firestore+tasks: untold',
    'storage+tasks: google',
  ])
})

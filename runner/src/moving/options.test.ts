import { describe, expect, test } from 'vitest'
import { BadOption, parseOptions, USAGE } from './options.ts'

describe('the options of a move', () => {
  test('leave the session where it is unless the operator says that its program is stopped', () => {
    expect(parseOptions(['in', '--from', 'auth', '--session', 'main'])).toEqual({
      verb: 'in',
      from: 'auth',
      session: 'main',
      tenant: 'default',
      creds: null,
      sourceSession: null,
      isOldOwnerStopped: false,
      withoutUnreadable: false,
      start: true,
      json: false,
    })
    expect(parseOptions(['in', '--from', 'a', '--session', 'b', '--old-owner-is-stopped', '--no-start'])).toMatchObject({
      isOldOwnerStopped: true,
      start: false,
    })
  })

  test('export a session once, unless the operator says more', () => {
    expect(parseOptions(['out', '--to', 'folder', '--session', 'main'])).toMatchObject({
      verb: 'out',
      to: 'folder',
      again: false,
    })
    expect(parseOptions(['out', '--to', 'folder', '--session', 'main', '--again'])).toMatchObject({ again: true })
  })

  test('are all in the help', () => {
    expect(parseOptions(['--help'])).toBe('help')
    for (const option of [
      'from',
      'creds',
      'source-session',
      'session',
      'tenant',
      'old-owner-is-stopped',
      'firestore-is-from-a-backup',
      'without-unreadable',
      'no-start',
      'to',
      'again',
      'json',
    ])
      expect(USAGE).toContain(`--${option}`)
  })

  test.each([
    [[], 'The first word is one of: in, out, rebuild.'],
    [['up'], 'The first word is one of: in, out, rebuild.'],
    [['in', 'out'], 'The first word is one of: in, out, rebuild.'],
    [['in', '--session', 'main'], '--from is missing.'],
    [['out', '--session', 'main'], '--to is missing.'],
    [['in', '--from', 'auth'], '--session is missing.'],
    [['in', '--from', 'auth', '--session', '../main'], '--session begins with a letter or digit'],
    [['in', '--from', 'auth', '--session', 'main', '--force'], "Unknown option '--force'."],
    [['in', '--from'], "Option '--from <value>' argument missing."],
  ])('%j are refused', (args, words) => {
    let refusal: unknown
    try {
      parseOptions(args)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(BadOption)
    expect(String(refusal)).toContain(words)
  })
})

import type { BinaryNode } from '@whiskeysockets/baileys'
import { describe, expect, test } from 'vitest'
import { backlogIn, heardIn, serverTimeIn } from './heard-stanza.ts'

const ME = { id: '5511900000001:3@s.whatsapp.net', lid: '100000000000001:3@lid' }
const OURS = '5511900000001@s.whatsapp.net'
const OTHER = '5511800000001@s.whatsapp.net'

const node = (tag: string, attrs: Record<string, string> = {}, content?: BinaryNode[]): BinaryNode =>
  content ? { tag, attrs, content } : { tag, attrs }

const isFromPhone = (stanza: BinaryNode): boolean | undefined => heardIn(stanza, ME)?.isFromPhone

describe('a stanza that the server brings by itself', () => {
  test.each(['message', 'receipt', 'notification', 'call'])('is a %s with its id, its time and its way', (kind) => {
    expect(heardIn(node(kind, { id: '1', from: OTHER, t: '1800000000', offline: '0' }), ME)).toEqual({
      kind,
      id: '1',
      atMs: 1_800_000_000_000,
      isBacklog: true,
      isFromPhone: false,
    })
  })

  test.each(['iq', 'ack', 'success', 'stream:error'])('is no %s', (tag) => {
    expect(heardIn(node(tag, { id: '1' }), ME)).toBeNull()
  })
})

describe('our own phone is online', () => {
  test('when it writes or receipts, under its number or its LID, also in a group', () => {
    expect(isFromPhone(node('message', { from: OURS }))).toBe(true)
    expect(isFromPhone(node('message', { from: '100000000000001@lid' }))).toBe(true)
    expect(isFromPhone(node('receipt', { from: OURS, type: 'sender' }))).toBe(true)
    expect(isFromPhone(node('message', { from: '1@g.us', participant: OURS }))).toBe(true)
  })

  test('and not when another device of the account does, or anybody else', () => {
    expect(isFromPhone(node('message', { from: '5511900000001:2@s.whatsapp.net' }))).toBe(false)
    expect(isFromPhone(node('receipt', { from: OTHER }))).toBe(false)
    expect(isFromPhone(node('message', { from: '1@g.us', participant: OTHER }))).toBe(false)
  })

  test('when it lists the devices of the account; a change of the app state may come from any device', () => {
    expect(isFromPhone(node('notification', { from: OURS, type: 'account_sync' }, [node('devices')]))).toBe(true)
    expect(isFromPhone(node('notification', { from: OURS, type: 'account_sync' }, [node('picture')]))).toBe(false)
    expect(isFromPhone(node('notification', { from: OURS, type: 'server_sync' }))).toBe(false)
  })
})

test('the server announces a backlog and its end', () => {
  expect(backlogIn(node('ib', {}, [node('offline_preview', { count: '3' })]))).toEqual({ what: 'announced', count: 3 })
  expect(backlogIn(node('ib', {}, [node('offline', { count: '0' })]))).toEqual({ what: 'over', count: 0 })
  expect(backlogIn(node('ib', {}, [node('dirty')]))).toBeNull()
  expect(backlogIn(node('message'))).toBeNull()
})

test('the server tells its time at a login', () => {
  expect(serverTimeIn(node('success', { t: '1800000000' }))).toBe(1_800_000_000_000)
  expect(serverTimeIn(node('success'))).toBeNull()
})

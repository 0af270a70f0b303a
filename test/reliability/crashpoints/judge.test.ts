import { expect, test } from 'vitest'
import type { ReceivedMessage } from '../../support/simulator-client.ts'
import type { SentMessage } from './chats.ts'
import { notAtContact, wordsOf } from './judge.ts'

const CONTACT = '5511'

const received = (more: Partial<ReceivedMessage> = {}): ReceivedMessage => {
  const text = 'sent 1'
  return { id: 'M', from: '5599', text, content: { kind: 'text', text }, copies: 1, at: 0, group: null, devices: [0], ...more }
}

const file = (sha256: string) => ({
  text: '',
  content: { kind: 'image', text: '' },
  file: { kind: 'image', mimetype: 'image/jpeg', filename: null, caption: 'sent 1', bytes: 1, sha256, path: '' },
})

const faults = (sent: Partial<SentMessage>, arrived: ReceivedMessage[]) =>
  notAtContact(
    { jobId: 'J', messageId: 'M', contact: CONTACT, text: 'sent 1', end: 'sent', ...sent },
    { contacts: [{ phone: CONTACT, received: arrived }] as never },
  )

test('a message is with its contact with the words, the bytes and the quote that it was sent with', () => {
  expect(faults({}, [received()])).toEqual([])
  expect(faults({ sha256: 'a' }, [received(file('a'))])).toEqual([])
  expect(faults({ quotes: 'Q' }, [received({ content: { kind: 'text', text: 'sent 1', quoted: { id: 'Q' } } })])).toEqual([])
})

test('one that is missing, or has other words, bytes or another quote there, is found', () => {
  expect(faults({}, [])).toEqual([expect.stringContaining('is not with its contact')])
  expect(faults({ text: 'sent 2' }, [received()])).toEqual([expect.stringContaining('another text')])
  expect(faults({ sha256: 'a' }, [received(file('b'))])).toEqual([expect.stringContaining('other bytes')])
  expect(faults({ sha256: 'a' }, [received()])).toEqual([expect.stringContaining('other bytes')])
  expect(faults({ quotes: 'Q' }, [received()])).toEqual([expect.stringContaining('quotes another message')])
})

test('two pins of one message have the same words, and pins of two have not', () => {
  const pin = (target: string) => wordsOf(received({ text: '', content: { kind: 'pin', text: '', target } }))
  expect(pin('A')).toBe(pin('A'))
  expect(pin('A')).not.toBe(pin('B'))
})

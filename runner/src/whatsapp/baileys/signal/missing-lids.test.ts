import { beforeEach, describe, expect, test } from 'vitest'
import { Contact, textFor } from '../testing/contact.ts'
import { DeviceUnderTest } from '../testing/device-under-test.ts'

const DAY_MS = 24 * 60 * 60 * 1000

let device: DeviceUnderTest
let contact: Contact
let asked: string[][]
/** The LIDs that the server knows; null while it does not answer. */
let onServer: Map<string, string> | null

/** The device with a server that answers its queries for LIDs. */
const connected = (next: DeviceUnderTest): DeviceUnderTest => {
  next.lidsOf = async (phones) => {
    asked.push([...phones])
    const known = onServer
    if (known === null) return null
    return phones.flatMap((pn) => {
      const lid = known.get(pn)
      return lid === undefined ? [] : [{ pn, lid }]
    })
  }
  return next
}

beforeEach(async () => {
  asked = []
  onServer = new Map()
  device = connected(new DeviceUnderTest())
  contact = new Contact()
  await contact.openSession(device)
})

const lidOf = (pn: string) => device.signal.lidMapping.getLIDForPN(pn)
const phones = (count: number) => Array.from({ length: count }, (_, n) => `55118${String(n).padStart(8, '0')}@s.whatsapp.net`)

describe('a number without a LID', () => {
  test('is queried once for all messages that it sends and gets', async () => {
    for (const text of ['one', 'two', 'three']) {
      await device.receive(await contact.text(text, { sender_lid: '' }))
      await device.signal.encryptMessage({ jid: contact.pn, data: textFor('answer') })
    }
    expect(asked).toEqual([[contact.pn]])
  })

  test('is known to the next owner', async () => {
    await device.receive(await contact.text('hello', { sender_lid: '' }))
    const next = connected(new DeviceUnderTest({ earlier: device }))
    await next.receive(await contact.text('hello again', { sender_lid: '' }))
    expect(asked).toHaveLength(1)
  })

  test('makes no record of its own', async () => {
    device.appended.length = 0
    expect(await lidOf(contact.pn)).toBeNull()
    expect(device.appended).toEqual([])
    device.state.append({})
    expect(device.kinds).toEqual([['missing-lid']])
  })

  test('is queried again after a day, and when its devices have changed', async () => {
    await lidOf(contact.pn)
    device.time.ms += DAY_MS - 1
    await lidOf(contact.pn)
    expect(asked).toHaveLength(1)
    device.time.ms += 1
    await lidOf(contact.pn)
    expect(asked).toHaveLength(2)
    device.missingLids.forget([contact.pn, contact.lid])
    onServer?.set(contact.pn, contact.lid)
    expect(await lidOf(contact.pn)).toBe(contact.lid)
    expect(asked).toHaveLength(3)
  })

  test('is queried again when the server did not answer', async () => {
    onServer = null
    expect(await lidOf(contact.pn)).toBeNull()
    onServer = new Map([[contact.pn, contact.lid]])
    expect(await lidOf(contact.pn)).toBe(contact.lid)
  })

  test('has its LID at once when a message brings it', async () => {
    await lidOf(contact.pn)
    await device.signal.lidMapping.storeLIDPNMappings([{ lid: contact.lid, pn: contact.pn }])
    expect(await lidOf(contact.pn)).toBe(contact.lid)
    expect(asked).toHaveLength(1)
  })

  test('beyond the limit of 5,000 replaces the oldest one', async () => {
    const all = phones(5001)
    await device.signal.lidMapping.getLIDsForPNs(all.slice(0, 5000))
    await lidOf(all[5000] ?? '')
    expect(device.image.count('missing-lid')).toBe(5000)
    await lidOf(all[1] ?? '')
    await lidOf(all[0] ?? '')
    expect(asked.slice(1)).toEqual([[all[5000]], [all[0]]])
  })
})

test('the names under which keys are requested have the LID where there is one, and else the number', async () => {
  const [one = '', other = ''] = phones(2)
  onServer?.set(one, contact.lid)
  const devices = [one, other, other.replace('@', ':3@'), '5511@hosted', 'nobody']
  const names = await device.signal.lidMapping.getLIDsForPNs(devices)
  expect(names?.map(({ lid }) => lid)).toEqual([contact.lid, other, other.replace('@', ':3@')])
  expect(asked.map((jids) => jids.toSorted())).toEqual([['5511@s.whatsapp.net', one, other].toSorted()])
})

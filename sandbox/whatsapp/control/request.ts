// Shared parts of control routes: a checked body, and the people that a path names.
import type { Context } from 'hono'
import { z } from 'zod'
import type { Handset } from '../handset.ts'
import { Refused } from '../pairing.ts'
import type { Simulator } from '../simulator.ts'
import type { Account } from '../account.ts'
import type { Contact } from '../person.ts'

export const phone = z.string().regex(/^\d{5,15}$/, 'a phone is 5 to 15 digits, without +')
export const positive = z.number().int().positive()

/** People of an unusual kind: without a LID, or with an empty list of devices. */
export const unusual = { lid: z.boolean().default(true), listsDevices: z.boolean().default(true) }

/** The number of a contact's device; its phone is 0. */
export const device = z.number().int().nonnegative().default(0)

export const read = async <T>(context: Context, schema: z.ZodType<T>): Promise<T> => {
  const text = await context.req.text()
  let body: unknown
  try {
    body = JSON.parse(text || '{}')
  } catch {
    throw new Refused(400, 'the body must be a JSON object')
  }
  const result = schema.safeParse(body)
  if (result.success) return result.data
  throw new Refused(400, result.error.issues.map((issue) => [...issue.path, issue.message].join(': ')).join('; '))
}

export const contactOf = (simulator: Simulator, number: string): Contact => {
  const contact = simulator.services.world.contacts.get(number)
  if (contact) return contact
  throw new Refused(404, `there is no contact ${number}: create it with POST /contacts {"phone":"${number}","name":"…"}`)
}

export const handsetOf = (contact: Contact, number: number): Handset => {
  const handset = contact.handsets.get(number)
  if (handset) return handset
  throw new Refused(404, `${contact.phone} has no device ${number}: link one with POST /contacts/${contact.phone}/devices`)
}

export const linkedAccount = (simulator: Simulator, number: string): Account => {
  const account = simulator.account(number)
  if (account.companions.size > 0) return account
  throw new Refused(409, `nothing is linked to phone ${number}: show it a code with POST /phones/${number}/scan`)
}

/** Texts that go out one after the other; `{n}` in the text is the number. Returns the ids. */
export const inOrder = async (text: string, count = 1, send: (text: string) => Promise<string>): Promise<string[]> => {
  if (count > 1 && !text.includes('{n}')) throw new Refused(400, 'with count the text needs {n}: no two messages alike')
  const ids: string[] = []
  for (let n = 1; n <= count; n++) ids.push(await send(text.replaceAll('{n}', String(n))))
  return ids
}

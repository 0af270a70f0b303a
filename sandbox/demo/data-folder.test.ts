import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { prepareFolder } from './data-folder.ts'

/** What a sandbox makes, in the cloud's way or self-hosted. */
const DATA = ['firestore', 'storage', 'tasks', 'sessions']

/** A folder in which a sandbox has run to its end, with another WhatsApp if there is a URL. */
async function used(whatsappUrl?: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-data-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  await prepareFolder(folder, whatsappUrl)
  for (const name of DATA) mkdirSync(join(folder, name))
  return folder
}

const left = (folder: string) => DATA.filter((name) => existsSync(join(folder, name)))

test('a start with the simulator removes all data of the last one, that of a self-hosted sandbox too', async () => {
  const folder = await used()
  expect(await prepareFolder(folder, undefined)).toContain('was removed')
  expect(left(folder)).toEqual([])
})

test('data of another WhatsApp is kept for it, and put aside for the simulator', async () => {
  const folder = await used('wss://example.com')
  expect(await prepareFolder(folder, 'wss://example.com')).toBeNull()
  expect(left(folder)).toEqual(DATA)
  expect(await prepareFolder(folder, undefined)).toContain('it is now in')
  expect(left(folder)).toEqual([])
})

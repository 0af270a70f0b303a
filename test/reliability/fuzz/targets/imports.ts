import { readdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BufferJSON, initAuthCreds, proto } from '@whiskeysockets/baileys'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { sessionPath } from '@holdfast/core/session/session-document'
import { moveIn, type MoveInDependencies } from '../../../../runner/src/moving/move-in.ts'
import { readBack } from '../../../../runner/src/moving/new-owner.ts'
import { linesOf, reportOf } from '../../../../runner/src/moving/report.ts'
import { readSource } from '../../../../runner/src/moving/sources/open-source.ts'
import { differenceOf } from '../../../../runner/src/moving/state-difference.ts'
import { readDevice } from '../../../../runner/src/whatsapp/baileys/moving/device-state.ts'
import { accountOf, movedImage } from '../../../../runner/src/whatsapp/baileys/moving/moved-image.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { MemoryObjects } from '../../../integration/contract/memory-objects.ts'
import { MemoryDocuments } from '../../../integration/queue/memory-documents.ts'
import { mutateBytes, mutateText, mutateValue } from '../mutations.ts'
import { unlessRefused, type Target } from '../target.ts'

const text = (value: unknown): string => JSON.stringify(value, BufferJSON.replacer)

/** The files of a linked device, as Baileys writes them. */
function filesOfDevice(): Map<string, string> {
  const filled = (length: number) => Buffer.alloc(length, 7)
  const account = proto.ADVSignedDeviceIdentity.fromObject({
    details: filled(20),
    accountSignature: filled(64),
    deviceSignature: filled(64),
  })
  const creds = { ...initAuthCreds(), me: { id: '5511900000001:7@s.whatsapp.net', lid: '777000000000001:7@lid' }, account }
  const [base64, ratchet] = ['AA==', { lastRemoteEphemeralKey: 'AA==', previousCounter: 0, rootKey: 'AA==' }]
  const session = {
    registrationId: 1,
    currentRatchet: { ...ratchet, ephemeralKeyPair: { pubKey: base64, privKey: base64 } },
    indexInfo: { baseKey: base64, baseKeyType: 1, closed: -1, used: 1, created: 1, remoteIdentityKey: base64 },
    _chains: { [base64]: { chainKey: { counter: 1, key: base64 }, chainType: 2, messageKeys: {} } },
  }
  const sender = [{ senderKeyId: 1, senderChainKey: { iteration: 0, seed: base64 }, senderSigningKey: { public: base64 } }]
  return new Map([
    ['creds.json', text({ ...creds, nextPreKeyId: 3, firstUnuploadedPreKeyId: 3 })],
    ['pre-key-1.json', text(initAuthCreds().noiseKey)],
    ['session-777000000000009_1.0.json', text({ _sessions: { [base64]: session }, version: 'v1' })],
    ['sender-key-120363000000000001@g.us--777000000000009_1--0.json', text(Buffer.from(text(sender)))],
    ['sender-key-memory-120363000000000001@g.us.json', text({ '777000000000009_1.0': true })],
    ['app-state-sync-key-AAA__+A==.json', text({ keyData: 'AAAA', timestamp: '1' })],
    ['lid-mapping-5511900000009.json', text('777000000000009')],
    ['lid-mapping-777000000000009_reverse.json', text('5511900000009')],
    ['device-list-777000000000009.json', text(['0', '2'])],
    ['tctoken-777000000000009@lid.json', text({ token: filled(16), timestamp: '1' })],
    ['identity-key-777000000000009_1.0.json', text(filled(33))],
  ])
}

const isRefused = (error: unknown): boolean => isHoldfastError(error, 'cannot-move')

/** Passes a source through the whole way. Returns what is left half done, or null. */
async function moved(path: string): Promise<string | null> {
  const device = readDevice(await readSource(path, null))
  const image = movedImage(device)
  linesOf(reportOf(device, image))
  const documents = new MemoryDocuments()
  const dependencies: MoveInDependencies = {
    documents,
    journals: new DocumentJournals(documents),
    objects: new MemoryObjects(),
    clock: systemClock,
    random: systemRandom,
    logger: createLogger('fuzz', 'silent'),
    wrappingKey: new WrappingKey(Buffer.alloc(32, 7)),
    tenantDefaults: DEFAULT_TENANT_SETTINGS,
  }
  const failure = await moveIn(dependencies, {
    tenant: 'default',
    name: 'fuzz',
    account: accountOf(device),
    image,
    start: true,
  }).then(
    () => null,
    (error: unknown) => error,
  )
  if (failure === null) return differenceOf(image, await readBack(dependencies, 'default.fuzz'))
  const session = await documents.read(sessionPath('default.fuzz'))
  if (session?.fields['wanted'] === 'online') return 'a session that did not arrive is started'
  throw failure instanceof Error ? failure : new Error('It threw no error.')
}

/** A dump of WAHA NOWEB with the same entries. */
function dumpOf(files: ReadonlyMap<string, string>): string {
  const copied = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n')
  const rows = [...files].map(([file, value]) => `main\t${copied(file.replace(/\.json$/, ''))}\t${copied(value)}`)
  return ['COPY public.waha_auth (session_id, key, value) FROM stdin;', ...rows, '\\.', ''].join('\n')
}

/** @throws Error when what nobody has damaged is not moved in: whatever is made of it would prove nothing */
async function movedUnchanged(path: string): Promise<void> {
  const left = await moved(path)
  if (left !== null) throw new Error(`The undamaged source at ${path} is not moved in as it was read: ${left}`)
}

async function writeFolder(folder: string, files: ReadonlyMap<string, string | Buffer>): Promise<void> {
  for (const file of await readdir(folder)) await rm(join(folder, file))
  for (const [file, value] of files) await writeFile(join(folder, file), value)
}

/** Changes one file: its bytes, its value, or its name. */
function mutated(random: SeededRandom, files: ReadonlyMap<string, string>): Map<string, string | Buffer> {
  const changed = new Map<string, string | Buffer>(files)
  const [file, value] = random.pick([...files])
  const how = random.pick(['bytes', 'value', 'name', 'gone'])
  if (how === 'bytes') changed.set(file, mutateBytes(random, Buffer.from(value)))
  if (how === 'value') changed.set(file, textOrEmpty(mutateValue(random, JSON.parse(value))))
  if (how !== 'name' && how !== 'gone') return changed
  changed.delete(file)
  // A file system takes neither.
  const name = mutateText(random, file).replaceAll(/[/\0]/g, '_').slice(0, 100)
  if (how === 'name' && name !== '' && name !== '.' && name !== '..') changed.set(name, value)
  return changed
}

function textOrEmpty(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}

export const IMPORTS: readonly Target[] = [
  {
    name: 'imports',
    promise: 'A damaged folder or dump is moved in as it was read, or refused; no half session is started.',
    open: async () => {
      const files = filesOfDevice()
      const folder = await mkdtemp(join(tmpdir(), 'holdfast-imports-'))
      const dump = `${folder}.dump`
      await writeFolder(folder, files)
      await writeFile(dump, dumpOf(files))
      for (const whole of [folder, dump]) await movedUnchanged(whole)
      return {
        attempt: async (random) => {
          const changed = mutated(random, files)
          const path = random.chance(0.3) ? dump : folder
          if (path === dump) {
            const whole = dumpOf(new Map([...changed].map(([file, value]) => [file, String(value)])))
            await writeFile(dump, random.chance(0.5) ? whole : mutateBytes(random, Buffer.from(whole)))
          } else await writeFolder(folder, changed)
          let left: string | null = null
          return (await unlessRefused(async () => void (left = await moved(path)), isRefused)) ?? left
        },
        close: async () => {
          await rm(folder, { recursive: true, force: true })
          await rm(dump, { force: true })
        },
      }
    },
  },
]

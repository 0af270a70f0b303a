import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { clientOf, startServer } from '../../../sandbox/google/storage/under-test.ts'
import { repositoryFile } from '../../../sandbox/product.ts'
import { startEmulator } from '../../support/firestore-emulator.ts'
import { Buildah } from '../image/buildah.ts'
import { standInBases } from '../image/stand-in-bases.ts'
import { runJob } from './container.ts'

export interface Figures {
  /** Bytes of the image as a registry keeps it. */
  readonly compressed: number
  readonly chaos: unknown
  readonly latency: unknown
  readonly failed: readonly string[]
}

type Say = (line: string) => void

const IMAGE = 'localhost/holdfast-trial'
const PROJECT = 'demo-trial'
const DATABASE = 'holdfast-verify-trial'
const BUCKET = `${PROJECT}-${DATABASE}`

/** Builds the image of the trial on bases of this machine, and runs it as a job does, on stand-ins of the run's database and bucket. */
export async function prove(program: string, words: readonly string[], say: Say): Promise<Figures> {
  const failed: string[] = []
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-trial-'))
  const buildah = new Buildah(program, folder)
  await using emulator = await startEmulator()
  const storage = await startServer(join(folder, 'storage'))
  try {
    await build(buildah, folder, say)
    const image = { root: await buildah.mount(IMAGE), config: await buildah.config(IMAGE) }
    const bucket = clientOf(storage.url).bucket(BUCKET)
    await bucket.create()
    const environment = {
      FIRESTORE_EMULATOR_HOST: emulator.address,
      STORAGE_EMULATOR_HOST: storage.url,
      METADATA_SERVER_DETECTION: 'none',
    }
    const resultOf = async (what: 'chaos' | 'latency', more: readonly string[]): Promise<Record<string, unknown>> => {
      const args = [what, '--project', PROJECT, '--database', DATABASE, '--bucket', BUCKET, ...more]
      const { code, last } = await runJob({ ...image, args, environment, say })
      if (code !== 0) failed.push(`${what} ended with code ${code}`)
      const [stored] = await bucket.file(`trial/${what}.json`).download()
      if (stored.toString() !== last) failed.push(`the result of ${what} in the bucket is not what it has said`)
      return JSON.parse(last) as Record<string, unknown>
    }
    const latency = await resultOf('latency', [])
    const chaos = await resultOf('chaos', words)
    if (chaos['held'] !== true) failed.push('the chaos did not hold')
    const [own, others] = [await collectionsIn(emulator.address, DATABASE), await collectionsIn(emulator.address, '(default)')]
    if (!own.includes('message_queue_jobs')) failed.push(`the database of the run has only ${own.join(', ')}`)
    if (others.length > 0) failed.push(`the database of the deployment has ${others.join(', ')}`)
    for (const what of failed) say(`FAILED ${what}`)
    return { compressed: await buildah.compressedSize(IMAGE), latency, chaos, failed }
  } finally {
    await Promise.all([storage.kill('SIGTERM'), buildah.close()])
    rmSync(folder, { recursive: true, force: true })
  }
}

async function build(buildah: Buildah, folder: string, say: Say): Promise<void> {
  const bases = await standInBases(buildah, folder)
  await promisify(execFile)(process.execPath, [repositoryFile('infra/build.ts'), 'trial'])
  const startedAt = performance.now()
  await buildah.build({ context: repositoryFile('infra/build/trial'), tag: IMAGE, args: { ...bases } })
  say(`Built in ${Math.round((performance.now() - startedAt) / 1000)} s, on stand-ins of the bases.`)
}

async function collectionsIn(emulator: string, database: string): Promise<readonly string[]> {
  const url = `http://${emulator}/v1/projects/${PROJECT}/databases/${database}/documents:listCollectionIds`
  const answer = await fetch(url, { method: 'POST', headers: { authorization: 'Bearer owner' }, body: '{}' })
  const { collectionIds = [] } = (await answer.json()) as { collectionIds?: string[] }
  return collectionIds
}

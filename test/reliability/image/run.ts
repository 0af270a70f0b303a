import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { builtProduct, repositoryFile } from '../../../sandbox/product.ts'
import { startSandbox } from '../../../sandbox/sandbox.ts'
import { Buildah } from './buildah.ts'
import type { Container, Left, MountedImage } from './container.ts'
import { contentsOf } from './contents.ts'
import { HeldSession } from './held-session.ts'
import { standInBases } from './stand-in-bases.ts'

export interface Figures {
  /** Bytes of the files, and of the same as a registry keeps them. */
  readonly size: number
  readonly compressed: number
  /** From the start of the process to `/startup`, the median. */
  readonly startMs: number
  readonly startWithoutCacheMs: number
  readonly rssIdleMb: number
  readonly rssWithSessionMb: number
  /** From SIGTERM to the end, the longest of each kind. */
  readonly sigtermMs: { readonly early: number; readonly idle: number; readonly busy: number }
  readonly packages: number
  readonly shell: boolean
  readonly failed: readonly string[]
}

type Say = (line: string) => void
type Check = (isSo: boolean, otherwise: string) => void

const STARTS = 5
/** When SIGTERM comes: after so much computing of Node's. */
const EARLY_MS = [100, 200, 300]
/** Cloud Run kills a container after this time. */
const LEAVE_WITHIN_MS = 10_000
/** What a start allocates for a moment is given back. */
const REST_MS = 1500

/** Builds the image as it is deployed, on bases of this machine, and runs it. */
export async function prove(program: string, say: Say): Promise<Figures> {
  const failed: string[] = []
  const check: Check = (isSo, otherwise) => {
    if (isSo) return
    failed.push(otherwise)
    say(`FAILED ${otherwise}`)
  }
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-image-'))
  const buildah = new Buildah(program, folder)
  try {
    await build(buildah, folder, say)
    const image: MountedImage = { root: await buildah.mount(IMAGE), config: await buildah.config(IMAGE) }
    const { problems, ...contents } = contentsOf(image)
    for (const problem of problems) check(false, problem)
    const compressed = await buildah.compressedSize(IMAGE)
    say(`${megabytes(contents.size)} MB, ${megabytes(compressed)} MB compressed, ${contents.packages} packages`)
    return { compressed, ...contents, ...(await run(image, check, say)), failed }
  } finally {
    await buildah.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const IMAGE = 'localhost/holdfast-runner'

async function build(buildah: Buildah, folder: string, say: Say): Promise<void> {
  const bases = await standInBases(buildah, folder)
  await builtProduct()
  // The link that a sandbox needs there is none of the image: its `.dockerignore` leaves it out.
  const startedAt = performance.now()
  const args = { ...bases, VERSION: '1.2.3', REVISION: 'f00d' }
  await buildah.build({ context: repositoryFile('infra/build/runner'), tag: IMAGE, args })
  say(`Built in ${Math.round((performance.now() - startedAt) / 1000)} s, on stand-ins of the bases.`)
}

async function run(image: MountedImage, check: Check, say: Say) {
  await using sandbox = await startSandbox({ runners: 0 })
  const held = await HeldSession.open(sandbox, image)
  const containers: Container[] = []
  const noted = async (starting: Promise<Container>): Promise<Container> => {
    const container = await starting
    containers.push(container)
    return container
  }
  const leaves = async (container: Container, when: string): Promise<Left> => {
    const left = await container.leave()
    check(left.code === 0 && left.afterMs < LEAVE_WITHIN_MS, `SIGTERM ${when}: code ${left.code} after ${left.afterMs} ms`)
    return left
  }
  try {
    const idle: Left[] = []
    const rss: number[] = []
    const startMs: number[] = []
    for (let index = 0; index < STARTS; index++) {
      const container = await noted(held.startAsItIs('idle'))
      startMs.push(await container.untilReady())
      check(await container.answers('/live'), '/live does not answer')
      await pause(REST_MS)
      const { namespacePid, user, rssMb } = container.process() ?? { namespacePid: 'none', user: 'nobody', rssMb: 0 }
      check(namespacePid === '1' && user === '65532', `the runner is process ${namespacePid} of user ${user}`)
      rss.push(rssMb)
      idle.push(await leaves(container, 'while idle'))
    }
    say(`Ready after ${startMs.map(Math.round).join(', ')} ms, ${Math.round(median(rss))} MB.`)
    const withoutCache: number[] = []
    for (let index = 0; index < STARTS; index++) {
      const container = await noted(held.startAsItIs('idle', { NODE_DISABLE_COMPILE_CACHE: '1' }))
      withoutCache.push(await container.untilReady())
      idle.push(await leaves(container, 'while idle'))
    }
    say(`Without the compile cache after ${withoutCache.map(Math.round).join(', ')} ms.`)
    const early: Left[] = []
    for (const afterMs of EARLY_MS) {
      const container = await noted(held.startAsItIs('early'))
      await container.untilComputed(afterMs)
      early.push(await leaves(container, `after ${afterMs} ms of computing`))
    }
    say(`Told early, it left after ${early.map(({ afterMs }) => afterMs).join(', ')} ms.`)

    const first = await noted(held.start('first'))
    await first.untilReady()
    await held.link()
    await held.exchange()
    const rssWithSessionMb = Math.round(first.process()?.rssMb ?? 0)
    const busy = [await leaves(first, 'with a session')]
    const again = await noted(held.start('first'))
    await again.untilReady()
    await held.exchange()
    say('A restart goes on with the session.')
    const owner = await held.owner()
    const other = await noted(held.start('other'))
    await other.untilReady()
    busy.push(await leaves(again, 'with a session, beside another runner'))
    await held.untilOwnerIsNot(owner)
    await held.exchange()
    busy.push(await leaves(other, 'with a session'))
    const { registrations, violations } = await held.account()
    check(registrations === 1, `the phone was linked ${registrations} times`)
    check(violations === 0, `the simulator saw ${violations} violations of the protocol`)
    say('Another runner goes on with the session.')
    const longest = (all: readonly Left[]) => Math.max(...all.map(({ afterMs }) => afterMs))
    return {
      startMs: Math.round(median(startMs)),
      startWithoutCacheMs: Math.round(median(withoutCache)),
      rssIdleMb: Math.round(median(rss)),
      rssWithSessionMb,
      sigtermMs: { early: longest(early), idle: longest(idle), busy: longest(busy) },
    }
  } finally {
    for (const container of containers) container.kill()
    await held.close()
  }
}

const median = (values: readonly number[]): number => values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0

const megabytes = (bytes: number): number => Math.round(bytes / 1e6)

import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const MOST_OUTPUT = 64 * 1024 * 1024

export interface BuildOptions {
  readonly context: string
  readonly tag: string
  readonly args: Readonly<Record<string, string>>
}

/** What an image says of itself. */
export interface ImageConfig {
  readonly User: string
  readonly WorkingDir: string
  readonly Env: readonly string[]
  readonly Entrypoint: readonly string[]
  readonly Cmd: readonly string[]
  readonly Labels: Readonly<Record<string, string>>
}

/** buildah with a store of its own. It needs neither a daemon nor another network than this machine's. */
export class Buildah {
  readonly #program: string
  readonly #folder: string

  constructor(program: string, folder: string) {
    this.#program = program
    this.#folder = folder
  }

  /** Makes an image of a folder, which has everything that the image has. */
  async imageOf(folder: string, name: string): Promise<string> {
    const container = await this.#run('from', 'scratch')
    await this.#run('copy', '--quiet', container, folder, '/')
    await this.#run('commit', '--quiet', '--rm', container, name)
    return name
  }

  async build({ context, tag, args }: BuildOptions): Promise<void> {
    const given = Object.entries(args).map(([name, value]) => `--build-arg=${name}=${value}`)
    await this.#run('build', '--isolation=chroot', '--pull-never', ...given, `--tag=${tag}`, context)
  }

  async config(image: string): Promise<ImageConfig> {
    const { OCIv1 } = JSON.parse(await this.#run('inspect', '--type=image', image)) as { OCIv1: { config: ImageConfig } }
    return OCIv1.config
  }

  /** Bytes of the image as a registry keeps it. */
  async compressedSize(image: string): Promise<number> {
    const archive = join(this.#folder, 'image.tar')
    await this.#run('push', '--quiet', image, `oci-archive:${archive}`)
    return statSync(archive).size
  }

  /** Returns the folder in which the image's files lie. */
  async mount(image: string): Promise<string> {
    return await this.#run('mount', await this.#run('from', '--pull-never', image))
  }

  /** Unmounts and forgets everything. */
  async close(): Promise<void> {
    await this.#run('umount', '--all')
    await this.#run('rm', '--all')
    await this.#run('rmi', '--all', '--force')
  }

  async #run(...words: readonly string[]): Promise<string> {
    const store = [`--root=${join(this.#folder, 'store')}`, `--runroot=${join(this.#folder, 'run')}`]
    const { stdout } = await promisify(execFile)(this.#program, [...store, ...words], { maxBuffer: MOST_OUTPUT })
    return stdout.trim()
  }
}

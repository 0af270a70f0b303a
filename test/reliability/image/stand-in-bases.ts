import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findProgram } from '../../support/find-program.ts'
import type { Buildah } from './buildah.ts'

/** The build arguments of an image that name its bases. */
export interface Bases {
  readonly NODE: string
  readonly RUNTIME: string
}

/** Makes both base images. Their files lie in `folder` meanwhile. */
export async function standInBases(buildah: Buildah, folder: string): Promise<Bases> {
  const [building, running] = [join(folder, 'building'), join(folder, 'running')]
  for (const root of [building, running]) mkdirSync(root)
  fillBases(building, running)
  const NODE = await buildah.imageOf(building, 'localhost/holdfast-stand-in-node')
  const RUNTIME = await buildah.imageOf(running, 'localhost/holdfast-stand-in-runtime')
  return { NODE, RUNTIME }
}

/**
 * Makes the files of two base images from this machine, for where the real ones cannot be fetched: one with Node, npm and the few
 * programs that the build calls, and one with Node and its libraries alone, as the real one, which has no shell.
 */
function fillBases(building: string, running: string): void {
  for (const root of [building, running]) {
    for (const folder of ['tmp', 'proc', 'dev', 'mnt', 'etc/ssl/certs', 'root'])
      mkdirSync(join(root, folder), { recursive: true })
    copyFileSync(CERTIFICATES, join(root, 'etc/ssl/certs/ca-certificates.crt'))
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnonroot:x:65532:65532::/home/nonroot:/sbin/nologin\n')
  }
  install(running, process.execPath, 'nodejs/bin/node')
  install(building, process.execPath, 'usr/local/bin/node')
  for (const name of ['sh', 'env', 'mkdir', 'chown', 'find']) install(building, programNamed(name), `usr/bin/${name}`)
  symlinkSync('usr/bin', join(building, 'bin'))
  installNpm(building)
}

const CERTIFICATES = process.env['NODE_EXTRA_CA_CERTS'] ?? '/etc/ssl/certs/ca-certificates.crt'

function programNamed(name: string): string {
  const file = findProgram(name)
  if (file === null) throw new Error(`${name} is not installed.`)
  return realpathSync(file)
}

/** Copies a program with the libraries that the loader would give it. */
function install(root: string, file: string, to: string): void {
  const libraries = execFileSync('ldd', [file], { encoding: 'utf8' }).match(/\/\S+/g) ?? []
  for (const [from, path] of [[file, to] as const, ...libraries.map((library) => [library, library] as const)]) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    copyFileSync(from, join(root, path))
  }
}

function installNpm(root: string): void {
  const cli = programNamed('npm')
  cpSync(dirname(dirname(cli)), join(root, 'usr/local/lib/node_modules/npm'), { recursive: true })
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'))
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()
  mkdirSync(join(root, 'usr/local/etc'), { recursive: true })
  const settings = [`registry=${registry}`, 'cafile=/etc/ssl/certs/ca-certificates.crt', 'update-notifier=false']
  writeFileSync(join(root, 'usr/local/etc/npmrc'), `${settings.join('\n')}\n`)
}

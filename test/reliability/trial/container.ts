import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { ImageConfig } from '../image/buildah.ts'

/** Mounts what a container has, read-only but for /tmp, and becomes the image's program, which is process 1 of its own namespace then. */
const ENTER = `set -e
root=$1; shift; folder=$1; shift; user=$1; shift
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -o remount,ro,bind "$root"
exec unshare --root="$root" --wd="$folder" --setgid="$user" --setuid="$user" "$@"`

interface Job {
  readonly root: string
  readonly config: ImageConfig
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly say: (line: string) => void
}

/** Runs the image's program to its end on this machine's network, as Cloud Run runs a task of a job. Returns its last line. */
export async function runJob({ root, config, args, environment, say }: Job): Promise<{ code: number | null; last: string }> {
  const [user = ''] = config.User.split(':')
  const words = [...config.Entrypoint, ...args]
  const variables = config.Env.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
  const child = spawn(
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', ENTER, 'sh', root, config.WorkingDir, user, ...words],
    { env: { ...Object.fromEntries(variables), ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let last = ''
  createInterface(child.stdout).on('line', (line) => (last = line))
  createInterface(child.stderr).on('line', say)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, last }
}

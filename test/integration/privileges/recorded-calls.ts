import { readFileSync } from 'node:fs'

/** One request of a process, as `record-calls.ts` writes it down. */
export interface Call {
  /** The name of the process. */
  readonly process: string
  readonly method: string
  /** Of HTTP, or of gRPC. */
  readonly path: string
  /** `host:port` */
  readonly host: string
  /** The request of a commit, base64. */
  readonly body?: string
}

export const readCalls = (file: string): readonly Call[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Call)

/** Returns the hosts that each process called, of those that are not in the list. */
export function otherHosts(calls: readonly Call[], known: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const others = new Map<string, Set<string>>()
  for (const { process, host } of calls) {
    const hosts = others.get(process) ?? new Set()
    if (!known.includes(host)) hosts.add(host)
    others.set(process, hosts)
  }
  return others
}

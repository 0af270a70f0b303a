import type { IncomingMessage } from 'node:http'
import { invalid } from './errors.ts'

/** One request to the API. */
export interface Call {
  method: string
  /** The decoded segments after the service's prefix: `['b', bucket, 'o', object]`. An object's name is one segment. */
  path: string[]
  query: URLSearchParams
  request: IncomingMessage
}

export interface Reply {
  status: number
  headers?: Record<string, string>
  json?: unknown
  bytes?: Buffer
}

export const ok = (json: unknown): Reply => ({ status: 200, json })

export async function bodyOf(call: Call): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of call.request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

export async function jsonOf(call: Call): Promise<Record<string, unknown>> {
  const body = await bodyOf(call)
  if (body.length === 0) return {}
  try {
    return JSON.parse(body.toString('utf8')) as Record<string, unknown>
  } catch {
    throw invalid('Parse Error')
  }
}

export function segment(call: Call, index: number): string {
  const value = call.path[index]
  if (value === undefined || value === '') throw invalid('Required parameter is missing from the path.')
  return value
}

import type { World } from './world.ts'

export interface RawAnswer {
  readonly status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- each test checks the shape of its answers
  readonly body: any
}

/** Makes requests to the API as foreign programs do, without the typed client. */
export const rawApi =
  ({ sandbox }: World) =>
  async (method: string, path: string, json?: unknown): Promise<RawAnswer> => {
    const response = await fetch(`${sandbox.info.api}${path}`, {
      method,
      headers: { 'X-Api-Key': sandbox.info.apiKey, ...(json === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return { status: response.status, body: isJson && text !== '' ? JSON.parse(text) : text }
  }

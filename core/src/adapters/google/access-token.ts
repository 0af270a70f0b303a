import { Storage } from '@google-cloud/storage'

/** Returns the headers that name the service account of this process to Google. Google's client keeps its token fresh. */
export function googleHeaders(url: string): () => Promise<Record<string, string>> {
  const { authClient } = new Storage()
  return async () => Object.fromEntries((await authClient.getRequestHeaders(url)).entries())
}

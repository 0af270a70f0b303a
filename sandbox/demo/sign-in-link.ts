import { answerOf, createClient } from '@holdfast/client/client'

/** Returns the address of the dashboard with a token that signs one browser in, within ten minutes. */
export async function signInLink(baseUrl: string, apiKey: string): Promise<string> {
  const { token } = await answerOf(createClient({ baseUrl, apiKey }).POST('/api/sign-in/tokens'))
  return `${baseUrl}/dashboard/#token=${token}`
}

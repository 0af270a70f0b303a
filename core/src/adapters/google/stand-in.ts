import { credentials } from '@grpc/grpc-js'

/** The options by which a client of Google's reaches a stand-in (`host:port`) instead of the service. */
export function standInAt(address: string) {
  const [apiEndpoint = '', port] = address.split(':')
  return { apiEndpoint, port: Number(port), sslCreds: credentials.createInsecure() }
}

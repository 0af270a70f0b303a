import { KeyManagementServiceClient } from '@google-cloud/kms'
import { credentials } from '@grpc/grpc-js'

/** Google's client on a stand-in at host:port. */
export function clientAt(address: string, projectId: string): KeyManagementServiceClient {
  const [apiEndpoint = '', port] = address.split(':')
  return new KeyManagementServiceClient({ projectId, apiEndpoint, port: Number(port), sslCreds: credentials.createInsecure() })
}

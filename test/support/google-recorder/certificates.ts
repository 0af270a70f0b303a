import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const NAMES = [
  'googleapis.com',
  '*.googleapis.com',
  '*.mtls.googleapis.com',
  '*.google.com',
  '*.pkg.dev',
  '*.a.run.app',
  '*.cloudfunctions.net',
  '*.example.com',
]
const DAYS = '30'

export interface Certificate {
  readonly key: Buffer
  readonly cert: Buffer
  /** The file with the certificate of the authority, which clients have to trust. */
  readonly caFile: string
}

/** Makes an authority, and a certificate for all hosts of Google. Needs openssl. */
export function makeCertificate(folder: string): Certificate {
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const names = NAMES.map((name) => `DNS:${name}`).join(',')
  writeFileSync(join(folder, 'names.cnf'), `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`)
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...fresh, '-days', DAYS, '-subj', '/CN=recorder authority', '-keyout', 'ca.key', '-out', 'ca.pem')
  openssl('req', ...fresh, '-subj', '/CN=recorder', '-keyout', 'server.key', '-out', 'server.csr')
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', DAYS, '-extfile', 'names.cnf']
  openssl('x509', '-req', '-in', 'server.csr', ...signed, '-out', 'server.pem')
  return {
    key: readFileSync(join(folder, 'server.key')),
    cert: readFileSync(join(folder, 'server.pem')),
    caFile: join(folder, 'ca.pem'),
  }
}

import { type LockedPackage, type LockFile, sortedByKey } from './lock-file.ts'

/** A package of an image, in the words of CycloneDX. */
interface Component {
  readonly type: 'library'
  readonly 'bom-ref': string
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly licenses: readonly object[]
  readonly hashes: readonly { readonly alg: string; readonly content: string }[]
}

/** The names that CycloneDX has for the hashes of npm. */
const ALGORITHMS: Readonly<Record<string, string>> = { sha512: 'SHA-512', sha256: 'SHA-256', sha1: 'SHA-1' }

/**
 * Lists every package that an image gets from a lock file, as a bill of materials (CycloneDX 1.5): name, version, licence, and the hash that
 * npm checks when it installs it. It has neither a time nor a random number, as npm's own has, so that the same lock file always has the
 * same one.
 *
 * @throws Error when the lock file does not tell the hash or the licence of a package
 */
export function billOfMaterials({ name, version, packages }: LockFile): object {
  const installed = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
  const components = installed.map(([path, locked]) => component(nameIn(path), locked))
  // A package can lie in several folders.
  const distinct = sortedByKey(Object.fromEntries(components.map((one) => [one['bom-ref'], one])))
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': `${name}@${version}`,
        name,
        version,
        licenses: [{ license: { id: 'Apache-2.0' } }],
      },
    },
    components: Object.values(distinct),
  }
}

/** `node_modules/a/node_modules/@scope/b` → `@scope/b` */
const nameIn = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

function component(name: string, { version = '', license, integrity }: LockedPackage): Component {
  if (license === undefined || integrity === undefined) {
    throw new Error(`The lock file does not tell the ${license === undefined ? 'licence' : 'hash'} of ${name}.`)
  }
  const [algorithm = '', digest = ''] = integrity.split('-', 2)
  return {
    type: 'library',
    'bom-ref': `${name}@${version}`,
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    licenses: [/[ ()]/.test(license) ? { expression: license } : { license: { id: license } }],
    hashes: [{ alg: ALGORITHMS[algorithm] ?? algorithm, content: Buffer.from(digest, 'base64').toString('hex') }],
  }
}

import type { Environment } from '../environment/environment.ts'
import { tracesToGoogle } from '../environment/variables.ts'

/** What is deployed this time: hashes of the built units. */
export interface Release {
  readonly functions: string
  readonly runner: string
  readonly server: string
  /** The version of the product, and the commit of its sources if known. The labels of images have both. */
  readonly version: string
  readonly revision: string
}

/** What is deployed as an image. */
export type ImageUnit = 'runner' | 'server'

/** The accounts that processes run as. docs/ARCHITECTURE.md says what each may do. */
export const ACCOUNTS = {
  runner: 'holds the sessions',
  api: 'answers the HTTP API',
  tasks: 'does what tasks ask for',
  alerts: 'tells people of alerts',
  webhooks: 'tells programs of events',
  sweeper: 'finds what fell through, each minute',
  maintainer: 'puts old things away, each day',
  cleaner: 'removes what is past its time, each day',
  invoker: 'is who Cloud Tasks calls as',
  build: 'builds the image',
} as const
export type Account = keyof typeof ACCOUNTS

/** The names of everything in a project. */
export class Target {
  readonly environment: Environment
  readonly release: Release
  readonly project: string
  readonly region: string

  readonly #files: string

  /** `files` is the folder of the files that commands name, from the root of the repository. Git ignores it. */
  constructor(environment: Environment, release: Release, files = 'infra/build') {
    this.environment = environment
    this.release = release
    this.#files = files
    this.project = environment.project
    this.region = environment.region
  }

  /** The bucket of checkpoints and archives. */
  get bucket(): string {
    return `${this.project}-holdfast-sessions`
  }

  /** The bucket of what is sent to Cloud Build. */
  get builds(): string {
    return `${this.project}-holdfast-builds`
  }

  /** The path below which Artifact Registry has the images, without the host of its API. */
  get repository(): string {
    return `projects/${this.project}/locations/${this.region}/repositories/holdfast`
  }

  /** The name of a unit's image without tag and digest. */
  imageName(unit: ImageUnit): string {
    return `${this.region}-docker.pkg.dev/${this.project}/holdfast/${unit}`
  }

  /** The image of this release. Its tag is the hash of what it is made from. */
  tagOf(unit: ImageUnit): string {
    return `${this.imageName(unit)}:${this.release[unit]}`
  }

  emailOf(account: Account): string {
    return `holdfast-${account}@${this.project}.iam.gserviceaccount.com`
  }

  memberOf(account: Account): string {
    return `serviceAccount:${this.emailOf(account)}`
  }

  /** Where a file lies that a command names. */
  file(name: string): string {
    return `${this.#files}/${this.project}/${name}`
  }

  /** Where firebase-tools look for the variables of the functions: firebase.json names the folder. */
  get variablesFile(): string {
    return `${this.#files}/variables/.env.${this.project}`
  }

  /** Whether the sweep sets the number of runners. */
  get isSized(): boolean {
    return this.environment.variables['FLEET_MAX'] !== undefined
  }

  /** Whether runner and API send their traces to Cloud Trace. */
  get tracesToGoogle(): boolean {
    return tracesToGoogle(this.environment.variables)
  }

  /** The full name of the key that wraps the data keys of sessions. Undefined where SESSION_ENCRYPTION_KEY does. */
  get wrappingKey(): string | undefined {
    const named = this.environment.wrapping?.kmsKey
    return named === 'own' ? `projects/${this.project}/locations/${this.region}/keyRings/holdfast/cryptoKeys/wrapping` : named
  }

  /** All keys that wrap the data keys of sessions: that of the installation, then those of tenants. */
  get wrappingKeys(): readonly string[] {
    const { wrappingKey } = this
    return wrappingKey === undefined ? [] : [...new Set([wrappingKey, ...(this.environment.wrapping?.tenantKeys ?? [])])]
  }

  /** The variables of runner and functions alike. */
  get variables(): Readonly<Record<string, string>> {
    const wrapping = this.wrappingKey === undefined ? {} : { KMS_KEY: this.wrappingKey }
    return { STORAGE_BUCKET: this.bucket, SESSION_STORAGE_TYPE: 'hybrid', ...wrapping, ...this.environment.variables }
  }
}

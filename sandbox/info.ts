interface RunnerInfo {
  id: string
  pid: number
  /** Base URL of its probes. */
  probes: string
}

/** The content of `sandbox.json`. */
export interface SandboxInfo {
  /** Base URL of the HTTP API; null without functions. */
  api: string | null
  apiKey: string
  project: string
  bucket: string
  firestore: string
  storage: string
  /** Base URL of the simulator; null when another server stands for WhatsApp, and until the simulator is up. */
  simulator: string | null
  /** Those that run at this moment. */
  runners: RunnerInfo[]
}

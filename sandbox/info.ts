interface RunnerInfo {
  id: string
  pid: number
  /** Base URL of the runner's probes. */
  probes: string
}

/** The content of `sandbox.json`. */
export interface SandboxInfo {
  /** Base URL of the HTTP API; null without functions. */
  api: string | null
  /** Base URL of the API server beside the functions; null without one. */
  apiServer: string | null
  apiKey: string
  project: string
  bucket: string
  firestore: string
  storage: string
  /** `host:port` of the stand-in for Cloud Tasks. */
  tasks: string
  /** Base URL of the simulator. Null when another server stands for WhatsApp, and until the simulator is ready. */
  simulator: string | null
  /** The runners that run at this moment. */
  runners: RunnerInfo[]
}

/** The part of a WebSocket that the gate controls. */
export interface RawSocket {
  readonly readyState: number
  send(data: Uint8Array, options: unknown, callback?: (error?: Error) => void): void
  terminate(): void
}

/** Holds the frames of one raw socket. A frame leaves once every record that it depends on is durable. */
export interface FrameGate {
  /** Takes control of a socket. Call it in the tick that made the socket, or its first frame would pass uncontrolled. */
  attach(raw: RawSocket): void
  /** The start of the wait of the oldest held frame, by the monotonic clock; null without a held frame. */
  readonly heldSince: number | null
  /** Lets the frames of `send` leave without waiting for the journal, unless other frames wait before them. For pings. */
  sendUnbound(send: () => Promise<void>): Promise<void>
  /** Holds back all frames until unmuted, except those that depend on no record. */
  mute(muted: boolean): void
  /** Drops all held frames and terminates the socket, for good. */
  shut(): void
}

/** Times and durations as protobuf writes them. 64-bit numbers are text there. */
export interface ProtoTime {
  seconds?: string | number
  nanos?: number
}

export const msOf = ({ seconds = 0, nanos = 0 }: ProtoTime): number => Number(seconds) * 1000 + Math.floor(nanos / 1_000_000)

export const protoTime = (ms: number): ProtoTime => ({
  seconds: String(Math.floor(ms / 1000)),
  nanos: Math.round((ms - Math.floor(ms / 1000) * 1000) * 1_000_000),
})

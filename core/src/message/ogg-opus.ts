/** The first page of an Ogg file names its codec within this many bytes. */
export const OPUS_WITHIN_BYTES = 64

/** Returns whether a file that begins like this is what WhatsApp's voice messages are. */
export const isOggOpus = (head: Buffer): boolean => head.subarray(0, 4).toString('latin1') === 'OggS' && head.includes('OpusHead')
